/** What holds however many runs go on side by side, in whatever order, wherever they end. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Cluster, StoredSecret } from '../../src/certificates/cluster.ts';
import { certificatesIn, ModelCluster, verifies, type Gate } from './model.ts';
import { live, lives, oneRun, PROPAGATION_MS, type Ended, type Fault, type Phase } from './runs.ts';

// Longer than kubelets take to bring a changed Secret, and than the clocks of two runs differ.
const LAG_MS = 300_000;

const text = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString();

const alone = (renew = false): Phase => ({
  after: 0,
  runs: [{ renew, crash: undefined, skew: 0 }],
  delays: [1],
});

const noGap = (fault: Fault = {}, propagation = PROPAGATION_MS): fc.IAsyncProperty<[Phase[], fc.Scheduler]> =>
  fc.asyncProperty(lives, fc.scheduler(), async (phases, scheduler) => {
    const cluster = new ModelCluster();
    await live(cluster, phases, scheduler, fault);
    expect(cluster.gaps(LAG_MS, propagation)).toEqual([]);
  });

// Each life makes a dozen certificates.
const LIVES = { numRuns: 150 };

describe('runs side by side, with ends anywhere', () => {
  test('at every moment the served certificate verifies against every caBundle', async () => {
    await fc.assert(noGap(), LIVES);
  }, 120_000);

  test('a run after them settles: one good pair, the same bundle everywhere, at most five authorities', async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.scheduler(), async (phases, scheduler) => {
        const cluster = new ModelCluster();
        await live(cluster, phases, scheduler);
        expect(await live(cluster, [alone()], scheduler)).toEqual(['settled']);
        const { value: data } = cluster.secret;
        expect(Object.keys(data).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
        expect(verifies(text(data['tls.crt']), text(data['ca.crt']))).toBe(true);
        expect(certificatesIn(text(data['ca.crt'])).length).toBeLessThanOrEqual(5);
        expect(cluster.configurations.map(({ value }) => value)).toEqual([data['ca.crt'], data['ca.crt']]);
        const { version } = cluster.secret;
        await live(cluster, [alone()], scheduler);
        expect(cluster.secret.version).toBe(version);
      }),
      LIVES,
    );
  }, 120_000);

  test('a forced renewal that settles leaves nothing of what was served or under way before', async () => {
    await fc.assert(
      fc.asyncProperty(lives, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async (phases, runs, scheduler) => {
        const cluster = new ModelCluster();
        await live(cluster, phases, scheduler);
        const { 'tls.crt': served, 'next.crt': next } = cluster.secret.value;
        const forced = { ...alone(true), after: 3_600_000, runs: Array(runs).fill(alone(true).runs[0]!) };
        const ended: Ended[] = await live(cluster, [forced], scheduler);
        expect(new Set(ended)).toEqual(new Set(['settled']));
        expect([served, next]).not.toContain(cluster.secret.value['tls.crt']);
        expect(cluster.gaps(LAG_MS, PROPAGATION_MS)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('where the Secret is emptied, what pods go on serving stays trusted', async () => {
    const renewals = fc.array(fc.tuple(fc.integer({ min: 600_000, max: 7_000_000_000 }), fc.boolean()), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(renewals, fc.scheduler(), async (phases, scheduler) => {
        const cluster = new ModelCluster();
        const past = phases.map(([after, renew]) => ({ ...alone(renew), after }));
        await live(cluster, [alone(), ...past], scheduler);
        cluster.secret.write({}, ++cluster.now);
        expect(await live(cluster, [alone()], scheduler)).toEqual(['settled']);
        expect(cluster.gaps(LAG_MS, PROPAGATION_MS)).toEqual([]);
      }),
      LIVES,
    );
  }, 120_000);

  test('renewals one after the other are refused before a pod could be left behind', async () => {
    const cluster = new ModelCluster();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const ended = await live(cluster, [alone(), ...Array<Phase>(12).fill(alone(true))], scheduler);
        expect(ended).toContain('refused');
        expect(cluster.gaps(LAG_MS, PROPAGATION_MS)).toEqual([]);
        expect(await live(cluster, [{ ...alone(true), after: 600_000 }], scheduler)).toEqual(['settled']);
      }),
      { numRuns: 1 },
    );
  });
});

const AT_ONCE: Fault = { propagationMs: 0 };

describe('API servers that see everything at once', () => {
  test('need no wait', async () => {
    await fc.assert(noGap(AT_ONCE, 0), LIVES);
  }, 120_000);
});

describe('the law can fail: it does', () => {
  test.each<[string, Fault]>([
    ['without locks', { locks: false }],
    ['without a wait before the new certificate is served', AT_ONCE],
  ])(
    '%s',
    async (_, fault) => {
      const found = await fc.check(noGap(fault), { numRuns: 2_000, endOnFailure: true });
      expect(found.failed).toBe(true);
    },
    120_000,
  );
});

/** Reads the Secret before the configurations. */
const secretFirst = (cluster: Cluster): Cluster => {
  let early: Promise<StoredSecret>;
  return {
    configurations: async () => {
      early = cluster.secret();
      await early;
      return cluster.configurations();
    },
    secret: () => early,
  };
};

/** A run that is slow between reading the Secret and reading the configurations, or the reverse, and slow again to patch. */
async function slowRun(fault: Fault): Promise<ModelCluster> {
  const cluster = new ModelCluster();
  const free: Gate = async (_, act) => {
    await setImmediate();
    cluster.now++;
    return act();
  };
  const [run] = alone().runs;
  await oneRun(cluster, run!, free);
  const before = { secret: cluster.secret.version, configuration: cluster.configurations[1]!.version };
  const slow: Gate = async (label, act) => {
    const patched = (): boolean => cluster.configurations[1]!.version > before.configuration;
    const promoted = (): boolean => cluster.secret.version >= before.secret + 2;
    if (label === 'read configurations') while (!patched()) await setImmediate();
    if (label.startsWith('patch')) while (!promoted()) await setImmediate();
    return free(label, act);
  };
  const forced = { ...run!, renew: true };
  await Promise.all([oneRun(cluster, run!, slow, fault), oneRun(cluster, forced, free, fault)]);
  return cluster;
}

describe('a run that is slow to read, and slower to patch', () => {
  test('does no harm, for it reads the configurations first', async () => {
    expect((await slowRun(AT_ONCE)).gaps(LAG_MS, 0)).toEqual([]);
  });

  test('would put an older bundle back if it read the Secret first', async () => {
    expect((await slowRun({ ...AT_ONCE, through: secretFirst })).gaps(LAG_MS, 0)).not.toEqual([]);
  });
});
