/** What a record is found by and counted for, as words: `namespace:shop`, `rule:capabilities.add`, `opt-out:true`. */
import { createHash } from 'node:crypto';
import type { AdmissionStatus } from '../audit/admission-result.ts';
import type { AuditRecord } from '../audit/record.ts';
import { ALL, canonical, isCapability } from '../engine/capabilities.ts';
import type { FieldValue, Finding } from '../engine/finding.ts';
import type { AuditFilter } from './terms.ts';

/** The words of one record. */
export interface RecordWords {
  /** What it is found by, and what numbers are kept for each hour of. */
  readonly givens: ReadonlySet<string>;
  /** What it is found by besides. There are too many of them to keep numbers for each. */
  readonly others: ReadonlySet<string>;
  /** How many of its findings, or whether it itself, each word counts for. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Longer than any name that Kubernetes takes, and short enough for every index. */
const LONGEST = 600;

/** A text as both databases hold it: well-formed, without NUL. */
export const wellFormed = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** A text as it is found by. Of one that is too long the beginning, and a digest of the whole. */
export function keyOf(text: string): string {
  const clean = wellFormed(text);
  if (clean.length <= LONGEST) return clean;
  return `${clean.slice(0, LONGEST).toWellFormed()}…${createHash('sha256').update(text).digest('hex')}`;
}

const entriesOf = (value: FieldValue): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);

/**
 * The capabilities that a finding takes, would take or, by an exemption, lets stay: canonical names, each once. What is none
 * of the 41 or ALL is left out: pods may ask for whatever they make up.
 */
function capabilitiesOf({ rule, before, after }: Finding): string[] {
  if (rule !== 'capabilities.add') return [];
  const left = new Set(entriesOf(after).map(canonical));
  const gone = new Set(entriesOf(before).map(canonical));
  return [...gone].filter((name) => (isCapability(name) || name === ALL) && !left.has(name));
}

/** No name ends with a dash, and nearly every prefix of generated names does. */
const undashed = (name: string): string => name.replace(/-$/, '');

function workloadsOf({ kind, name, generateName, owner }: AuditRecord): string[] {
  const names = [name, generateName, owner, kind && name && `${kind}/${name}`];
  return names.flatMap((text) => (text === undefined || text === '' ? [] : `workload:${undashed(text)}`));
}

const EXCEPTION = 'exception/';

function exceptionsOf({ exemptBy = [] }: Finding): string[] {
  const names = exemptBy.filter((by) => by.startsWith(EXCEPTION)).map((by) => by.slice(EXCEPTION.length));
  return [...new Set(names)];
}

function wordsOf(finding: Finding): string[] {
  const { outcome, rule } = finding;
  const policies = [...new Set(finding.policies)];
  const capabilities = capabilitiesOf(finding);
  return [
    `outcome:${outcome}`,
    `rule:${rule}`,
    ...policies.map((policy) => `policy:${policy}`),
    ...capabilities.map((name) => `capability:${name}`),
    ...(outcome === 'hardened' ? capabilities.map((name) => `taken:${name}`) : []),
    ...(outcome === 'audited' ? policies.map((policy) => `would:${policy}/${rule}`) : []),
    ...exceptionsOf(finding).map((name) => `exception:${name}`),
  ];
}

/** Nothing is known yet of what became of the record's pod. */
export const PENDING = 'result:pending';

/** The word of what became of it. */
export const resultWord = (status: AdmissionStatus): string => `result:${status}`;

/** Does something become of what was decided? Not of a template, nor of what the gate said, nor of what was denied. */
const isAwaited = ({ gate, kind, refused }: AuditRecord): boolean => (gate ?? kind ?? refused) === undefined;

/** Counted, and never asked for. */
const isOnlyCounted = (word: string): boolean => word.startsWith('taken:') || word.startsWith('would:');

function givensOf(record: AuditRecord, counted: Iterable<string>): Set<string> {
  const { namespace, user, optOut, policies } = record;
  const givens = new Set([...counted].filter((word) => !isOnlyCounted(word)));
  for (const policy of policies) givens.add(keyOf(`policy:${policy}`));
  givens
    .add(keyOf(`namespace:${namespace}`))
    .add(keyOf(`user:${user}`))
    .add(`opt-out:${optOut !== undefined}`);
  return isAwaited(record) ? givens.add(PENDING) : givens;
}

type Common = Pick<RecordWords, 'givens' | 'counts'>;

function commonOf(record: AuditRecord): Common {
  const { namespace, optOut, findings } = record;
  const counts = new Map<string, number>();
  for (const word of findings.flatMap(wordsOf).map(keyOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const givens = givensOf(record, counts.keys());
  if (findings.length > 0) counts.set(keyOf(`namespace:${namespace}`), findings.length);
  if (optOut !== undefined) counts.set('opt-out:true', 1);
  return { givens, counts };
}

/** Of findings that are remembered, by all else that matters. */
const remembered = new WeakMap<readonly Finding[], Map<string, Common>>();
const REMEMBERED = 1_000;

/** Reads the words off a record, of which nothing more is known. Records with the same findings share theirs. */
export function wordsOfRecord(record: AuditRecord): RecordWords {
  const { namespace, user, policies, optOut, findings } = record;
  let known = remembered.get(findings);
  if (!known || known.size > REMEMBERED) remembered.set(findings, (known = new Map<string, Common>()));
  const key = JSON.stringify([namespace, user, policies, optOut !== undefined, isAwaited(record)]);
  let common = known.get(key);
  if (!common) known.set(key, (common = commonOf(record)));
  return { ...common, others: new Set(workloadsOf(record).map(keyOf)) };
}

/** The words that a record must have, all of them. */
export function wordsOfFilter(filter: AuditFilter): string[] {
  const { namespace, workload, policy, rule, capability, outcome, optOut, user, exception, result } = filter;
  const asked = {
    namespace,
    workload: workload && undashed(workload),
    policy,
    rule,
    capability,
    outcome,
    'opt-out': optOut,
    user,
    exception,
    result,
  };
  return Object.entries(asked).flatMap(([kind, value]) => (value === undefined ? [] : [keyOf(`${kind}:${value}`)]));
}

/** A word as its kind and its name. */
export function partsOf(word: string): [kind: string, name: string] {
  const colon = word.indexOf(':');
  return [word.slice(0, colon), word.slice(colon + 1)];
}

/** Are numbers kept of the records that have this word? */
export const isGiven = (word: string): boolean => !word.startsWith('workload:');
