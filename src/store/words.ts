/** What a record is found by and counted for, as words: `namespace:shop`, `rule:capabilities.add`, `opt-out:true`. */
import type { AuditRecord } from '../audit/record.ts';
import { ALL, canonical, isCapability } from '../engine/capabilities.ts';
import type { FieldValue, Finding } from '../engine/finding.ts';
import type { AuditFilter } from './terms.ts';

/** The words of one record. */
export interface RecordWords {
  /** What it is found by, and what numbers are kept for. */
  readonly givens: ReadonlySet<string>;
  /** What it is found by besides. There are too many of them to keep numbers for each. */
  readonly others: ReadonlySet<string>;
  /** How many of its findings each word counts for. */
  readonly counts: ReadonlyMap<string, number>;
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

const wordsOf = (finding: Finding): string[] => [
  `outcome:${finding.outcome}`,
  `rule:${finding.rule}`,
  ...new Set(finding.policies.map((policy) => `policy:${policy}`)),
  ...capabilitiesOf(finding).map((name) => `capability:${name}`),
];

/** Reads the words off a record. */
export function wordsOfRecord(record: AuditRecord): RecordWords {
  const { namespace, user, optOut, policies, findings } = record;
  const counts = new Map<string, number>();
  for (const word of findings.flatMap(wordsOf)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const givens = new Set(counts.keys());
  for (const policy of policies) givens.add(`policy:${policy}`);
  givens
    .add(`namespace:${namespace}`)
    .add(`user:${user}`)
    .add(`opt-out:${optOut !== undefined}`);
  if (findings.length > 0) counts.set(`namespace:${namespace}`, findings.length);
  return { givens, others: new Set(workloadsOf(record)), counts };
}

/** The words that a record must have, all of them. */
export function wordsOfFilter(filter: AuditFilter): string[] {
  const { namespace, workload, policy, rule, capability, outcome, optOut, user } = filter;
  const asked = {
    namespace,
    workload: workload && undashed(workload),
    policy,
    rule,
    capability,
    outcome,
    'opt-out': optOut,
    user,
  };
  return Object.entries(asked).flatMap(([kind, value]) => (value === undefined ? [] : [`${kind}:${value}`]));
}

/** A word as its kind and its name. */
export function partsOf(word: string): [kind: string, name: string] {
  const colon = word.indexOf(':');
  return [word.slice(0, colon), word.slice(colon + 1)];
}

/** Are numbers kept of the records that have this word? */
export const isGiven = (word: string): boolean => !word.startsWith('workload:');
