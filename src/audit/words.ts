/** Audit records in words: who, of what, and what changed in short. */
import { canonical } from '../engine/capabilities.ts';
import type { FieldValue, Finding, Outcome } from '../engine/finding.ts';
import { printable } from './printable.ts';
import type { AuditRecord } from './record.ts';

/** What was recorded of one request, pass by pass. */
export interface Recorded {
  readonly passes: readonly Pick<AuditRecord, 'findings' | 'gate' | 'refused' | 'optOut'>[];
}

const FEW = 4;
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** What `--workload` finds it by: the owner, or its own name, or the prefix of the name that it will get. */
export function workloadOf({
  kind,
  owner,
  name,
  generateName,
}: Pick<AuditRecord, 'kind' | 'owner' | 'name' | 'generateName'>): string {
  const own = kind !== undefined && name !== undefined ? `${kind}/${name}` : (name ?? generateName);
  return owner ?? own ?? '';
}

/** A user in few letters: `sa/kube-system/job-controller` for a service account. */
export const shortUser = (user: string): string => user.replace(SERVICE_ACCOUNT, 'sa/$1/$2');

/** Names for people: a few, and how many more there are. */
export const listed = (names: readonly string[], most = FEW): string => {
  const shown = names.slice(0, most).map(printable);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
};

const entriesOf = (value: FieldValue): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

/** The entries of one list that have no like in the other. */
function without(some: FieldValue, others: FieldValue): string[] {
  const left = new Set(entriesOf(others).map(canonical));
  return entriesOf(some).filter((entry) => !left.has(canonical(entry)));
}

/** What is done to each field, and what an exemption leaves undone. */
const WORDS = {
  done: { flag: 'no escalation', drop: 'drop', undrop: 'not drop', lose: 'no', win: 'keep' },
  spared: { flag: 'may escalate', drop: 'not drop', undrop: 'drop', lose: 'keeps', win: 'without' },
} as const;

/** What becomes, or would become, of a field; of one that is spared, what does not. */
function changeIn({ rule, before, after, outcome }: Finding): string {
  const words = WORDS[outcome === 'exempt' ? 'spared' : 'done'];
  if (rule === 'allowPrivilegeEscalation') return words.flag;
  const [gone, come] = [without(before, after), without(after, before)];
  const isDrop = rule === 'capabilities.drop';
  const parts = [
    ...(gone.length > 0 ? [`${isDrop ? words.undrop : words.lose} ${listed(gone)}`] : []),
    ...(come.length > 0 ? [`${isDrop ? words.drop : words.win} ${listed(come)}`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  // An exemption may spare a field from less than a change of its own: from what another rule brings with it.
  return String(before) === String(after) ? rule : `${rule} respelt`;
}

const whoseOf = ({ exemptBy = [] }: Finding): string => (exemptBy.length > 0 ? ` (by ${listed(exemptBy)})` : '');

function phraseFor(finding: Finding): string {
  const { outcome, rule, reason } = finding;
  if (rule === 'pod') return printable(reason);
  return outcome === 'unresolved' ? rule : changeIn(finding) + whoseOf(finding);
}

/** What was found, container by container; those of which the same is said are named together. */
function sayingOf(findings: readonly Finding[]): string {
  const ofContainer = [...Map.groupBy(findings, ({ container }) => container)].map(
    ([container, some]) => [container, [...new Set(some.map(phraseFor))].join(', ')] as const,
  );
  return [...Map.groupBy(ofContainer, ([, saying]) => saying)]
    .map(([saying, some]) => {
      const names = some.map(([container]) => container).filter((name) => name !== '');
      return names.length > 0 ? `${listed(names)}: ${saying}` : saying;
    })
    .join('; ');
}

/** Something that was recorded of a request, and how often. */
export interface Said {
  /** `2 hardened`, or `denied`. */
  readonly what: string;
  readonly saying: string;
  readonly isBad: boolean;
}

const BAD: ReadonlySet<Outcome> = new Set(['unresolved', 'missed']);

function denials({ passes }: Recorded): Said[] {
  return passes.flatMap(({ gate, refused }) => {
    if (refused !== undefined) return [{ what: 'denied', saying: printable(refused), isBad: true }];
    return gate === undefined ? [] : [{ what: `gate ${gate}`, saying: '', isBad: gate === 'denied' }];
  });
}

/** An opt-out that no policy honoured leaves no finding of its own. */
function ignoredOptOuts({ passes }: Recorded): Said[] {
  const ignored = new Set(
    passes.flatMap(({ optOut }) => (optOut?.ignored ?? []).map(({ policy, why }) => `${policy}: ${why}`)),
  );
  return [...ignored].map((saying) => ({ what: 'opt-out ignored', saying: printable(saying), isBad: false }));
}

/** What became of a request, in short: its denial, its findings by outcome, and opt-outs that were ignored. */
export function saidOf(entry: Recorded): Said[] {
  const findings = entry.passes.flatMap((pass) => pass.findings);
  const byOutcome = [...Map.groupBy(findings, ({ outcome }) => outcome)].map(([outcome, some]) => ({
    what: `${some.length} ${outcome}`,
    saying: sayingOf(some),
    isBad: BAD.has(outcome),
  }));
  return [...denials(entry), ...byOutcome, ...ignoredOptOuts(entry)];
}

/** The same as one line. */
export const sentenceOf = (said: readonly Said[]): string =>
  said.map(({ what, saying }) => (saying === '' ? what : `${what}: ${saying}`)).join('; ');
