/** Runs steps until nothing is left to do. Runs may go on side by side, and end anywhere. */
import type { Cluster, Configuration, StoredSecret } from './cluster.ts';
import type { Issued, Order } from './issue.ts';
import { nextIn, servedIn, withNext } from './secret.ts';
import { step, type Action, type Seen } from './step.ts';
import { day, settledLines } from './words.ts';

/** What is wanted. */
export interface Wants {
  readonly dnsName: string;
  readonly validDays: number;
  /** Make a new pair, even if the present one is good. */
  readonly renew: boolean;
  /** How long API servers may need to see a changed bundle. */
  readonly propagationMs: number;
}

/** What a run needs of the world beside the cluster. */
export interface Around {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly issue: (order: Order) => Promise<Issued>;
  /** Takes each thing that was done, in words for people. */
  readonly tell: (what: string) => void;
}

/** A run that cannot settle, with the reason in words. */
export class Unsettled extends Error {
  override readonly name = 'Unsettled';
}

// Each conflict means that another run did something; four runs at once need about a dozen turns.
const MOST_TURNS = 50;
const LONGEST_PAUSE_MS = 2_000;

interface Look {
  readonly configurations: readonly Configuration[];
  readonly secret: StoredSecret;
}

/** The configurations first: a bundle that is older than the one they hold would then meet a conflict. */
async function look(cluster: Cluster): Promise<Look> {
  const configurations = await cluster.configurations();
  return { configurations, secret: await cluster.secret() };
}

const versionsOf = ({ configurations, secret }: Look): string =>
  JSON.stringify([secret.version, ...configurations.map(({ version }) => version ?? '')]);

/** Patches the stale configurations. False where one of them is no longer what was seen. */
async function patch(action: Action & { do: 'patch' }, { configurations }: Look, { tell }: Around): Promise<boolean> {
  for (const i of action.stale) {
    const configuration = configurations[i]!;
    if (!(await configuration.patch(action.bundle))) return false;
    tell(`${configuration.title}: the CA bundle is written`);
  }
  return true;
}

/** Does one thing. False where the cluster is no longer what was seen. */
async function act(action: Action, seen: Look, wants: Wants, around: Around): Promise<boolean> {
  const { tell, issue, now, sleep } = around;
  const { secret } = seen;
  switch (action.do) {
    case 'issue': {
      const issued = await issue({ ...wants, now: now() });
      const written = await secret.replace(withNext(secret.data, action.kept, issued));
      if (written) tell(`a new certificate is made: ${action.because}`);
      return written;
    }
    case 'patch':
      return patch(action, seen, around);
    case 'wait':
      tell(`waiting ${wants.propagationMs / 1000} s for every API server to see the CA bundle`);
      await sleep(wants.propagationMs);
      return true;
    case 'promote': {
      const written = await secret.replace(action.data);
      if (written) tell('the new certificate is in place');
      return written;
    }
    case 'refuse':
      throw new Unsettled(
        `renewed too often: pods may still serve a certificate whose authority would go; try again after ${day(action.until)}`,
      );
    case 'settle':
      return true;
  }
}

/** What is seen, as a step takes it. */
const seenAt = (now: Date, { configurations, secret }: Look, propagated: boolean): Seen => ({
  now,
  data: secret.data,
  bundles: configurations.map(({ bundles }) => bundles),
  propagated,
});

/** Brings the cluster to where nothing is left to do. Throws `Unsettled`, and what the cluster rejects with. */
export async function settle(cluster: Cluster, wants: Wants, around: Around): Promise<void> {
  const { now, sleep, random, tell } = around;
  const unwanted = new Set<string>();
  let waited: string | undefined;
  let conflicts = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const seen = await look(cluster);
    const { data } = seen.secret;
    if (turn === 0 && wants.renew)
      for (const [certificate] of [servedIn(data), nextIn(data)]) unwanted.add(certificate);
    const versions = versionsOf(seen);
    const action = step(seenAt(now(), seen, waited === versions), { ...wants, unwanted });
    if (action.do === 'settle') {
      const told = { ...wants, changed: turn > 0 };
      settledLines(seen.configurations, action.certificate, told).forEach(tell);
      return;
    }
    if (action.do === 'wait') waited = versions;
    if (await act(action, seen, wants, around)) conflicts = 0;
    else await sleep(random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** conflicts++));
  }
  throw new Unsettled(
    `gave up after ${MOST_TURNS} tries: something else keeps changing the Secret or the configurations`,
  );
}
