/** What `dropcap explain` says of a container's rights and fields, in words. */
import { printable } from '../audit/printable.ts';
import { shownValue } from '../audit/shown-value.ts';
import type { Runtime } from '../knowledge/capabilities.ts';
import { shownOutcome } from './check-words.ts';
import type { Explained } from './explain-container.ts';
import type { Cover } from './explain-cover.ts';
import type { Facts } from './explain-facts.ts';
import type { FieldFate } from './explain-fields.ts';
import { RUNTIMES } from './explain-held.ts';
import type { RunAs } from './launch.ts';

const FEW = 4;

const RUNTIME_WORDS: Readonly<Record<Runtime, string>> = {
  containerd: 'containerd',
  docker: 'Docker (cri-dockerd)',
  'cri-o': 'CRI-O',
};

/** As whom it runs, where that is said: `uid 1000`. */
export function userWords({ uid, neverRoot }: RunAs): string {
  if (uid !== null) return uid === 0 ? 'root' : `uid ${uid}`;
  return neverRoot ? "the image's user, who is not root" : "the image's user";
}

function capabilityLoss({ lost, before, runAs }: Facts): string[] {
  if (lost.length === 0) return [];
  const all = before.runtimes.containerd.capabilities.length;
  const some = lost.length <= FEW ? lost.join(', ') : `${lost.length} of its ${all} capabilities`;
  const what = lost.length === all && all > FEW ? `all its ${all} capabilities` : some;
  if (!runAs.neverRoot) return [what];
  return [`${what}, of which ${userWords(runAs)} uses none by itself`];
}

/** What goes, in one sentence. */
export function lossSentence(rights: Facts): string {
  const { before, after, privileged } = rights;
  if (privileged) return 'nothing: it is privileged, and holds every capability of its node, whatever it drops';
  const escalation = !before.noNewPrivs && after.noNewPrivs;
  const parts = [...capabilityLoss(rights), ...(escalation ? ['escalation by setuid and setcap programs'] : [])];
  return parts.join('; and ') || 'nothing';
}

/** Why it holds what it holds after hardening, a sentence each. */
export function stayLines({ rights, fields }: Explained): string[] {
  if (!rights) return [];
  if (rights.privileged) return ['every capability, because it is privileged'];
  const names = rights.after.runtimes.containerd.capabilities;
  const of = (key: 'before' | 'after'): readonly string[] =>
    fields
      .filter(({ field, outcome }) => field === 'capabilities.add' && (key === 'before' || outcome === 'hardened'))
      .flatMap(({ [key]: value }) => (Array.isArray(value) ? (value as readonly string[]) : []))
      .map((entry) => entry.toUpperCase());
  const own = new Set(of('before'));
  const given = new Set(of('after'));
  const groups = Map.groupBy(names, (name) => {
    if (own.has(name)) return 'the pod adds it, and may';
    return given.has(name) ? 'the policies or an exception give it back' : 'the runtime gives it, and nothing drops it';
  });
  return [...groups].map(([why, some]) => `${some.join(', ')} (${why})`);
}

/** Where a runtime gives something else than containerd, a sentence each. */
export function runtimeLines({ before, after }: Facts): string[] {
  const { containerd } = before.runtimes;
  const differing = RUNTIMES.filter((runtime) => {
    const [now, then] = [before.runtimes[runtime], after.runtimes[runtime]];
    return now.bounding !== containerd.bounding || then.bounding !== after.runtimes.containerd.bounding;
  });
  const refused = RUNTIMES.flatMap((runtime) => before.runtimes[runtime].refused).map(printable);
  return [
    ...differing.map((runtime) => {
      const [now, then] = [before.runtimes[runtime], after.runtimes[runtime]];
      const [many, left] = [now.capabilities.length, then.capabilities.length];
      return `${RUNTIME_WORDS[runtime]}: CapBnd ${now.bounding} (${many}) now, ${then.bounding} (${left}) hardened`;
    }),
    ...(refused.length > 0
      ? [`Docker and CRI-O do not create it with ${[...new Set(refused)].join(', ')}, which containerd ignores`]
      : []),
  ];
}

/** What becomes of a field, who asks, and why. */
export function fateSentence(fate: FieldFate): string {
  const { field, before, outcome, policies, reason } = fate;
  if (outcome === 'unchanged') return `${field}: ${shownValue(before)}, unchanged. ${printable(reason)}`;
  const askers = policies.length > 0 ? ` (${policies.map(printable).join(', ')})` : '';
  return `${field}: ${shownValue(before)} → ${shownOutcome({ ...fate, outcome })}${askers}. ${printable(reason)}`;
}

/** Which policies, exceptions and opt-outs bear on it, a sentence each. */
export function coverLines({ policies, exceptions, optOut }: Cover): string[] {
  const covering = policies.map(({ name, mode }) => `policy ${printable(name)}, mode ${mode}`);
  const excepting = exceptions.map(({ name, expires, expired, used }) => {
    const until = expires === null ? '' : expired ? `, ended on ${expires}` : `, until ${expires}`;
    return `exception ${printable(name)}${until}: ${expired ? 'spares nothing any more' : used ? 'spares fields' : 'changes nothing here'}`;
  });
  const opted = optOut
    ? [
        ...optOut.honouredBy.map((name) => `opt-out, honoured by ${printable(name)}`),
        ...optOut.ignored.map(({ policy, why }) => `opt-out, ignored by ${printable(policy)}: ${printable(why)}`),
      ]
    : [];
  return [...(covering.length > 0 ? covering : ['no policy covers it']), ...excepting, ...opted];
}
