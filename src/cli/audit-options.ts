/** Options that say which audit records are meant, and where they are kept. */
import type { Command } from 'commander';
import { ALL, canonical, CAPABILITIES } from '../engine/capabilities.ts';
import { didYouMean } from '../engine/did-you-mean.ts';
import type { Outcome } from '../engine/finding.ts';
import { RULES } from '../engine/policy.ts';
import type { AuditFilter } from '../store/terms.ts';
import { moment } from './audit-time.ts';
import { label, objectName } from './certificates-options.ts';
import { BadInput } from './context.ts';
import { oneOf } from './options.ts';

/** Where the records are, and which of them are meant, as commander reads it. */
export interface FilterOptions extends AuditFilter {
  readonly auditStore: string;
}

// A record, so that an outcome that is added to the engine has to be added here.
const OUTCOMES: Readonly<Record<Outcome, true>> = {
  hardened: true,
  audited: true,
  exempt: true,
  unresolved: true,
  skipped: true,
  missed: true,
};

const NAMES: readonly string[] = [...CAPABILITIES, ALL];
/** The most entries in one answer. */
export const MOST = 100_000;

const wrong = (option: string, text: string, expected: string): BadInput =>
  new BadInput([`error: ${option}: found ${text === '' ? 'nothing' : text}, expected ${expected}`]);

/** A capability in any spelling, as its canonical name. */
const capability = (option: string) =>
  Object.assign(
    (text: string): string => {
      const name = canonical(text.trim());
      if (NAMES.includes(name)) return name;
      const meant = didYouMean(name, NAMES);
      throw wrong(option, text, `a capability, as in NET_RAW${meant === undefined ? '' : `; did you mean ${meant}?`}`);
    },
    { words: NAMES },
  );

const filled =
  (option: string, expected: string) =>
  (text: string): string => {
    if (text.trim() === '') throw wrong(option, text, expected);
    return text;
  };

/** A pod is found by its name alone. */
const workload =
  (option: string) =>
  (text: string): string =>
    filled(option, 'a name, or an owner as Kind/name')(text).replace(/^Pod\//, '');

/** How many, at least one. */
export const limit =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,6}$/.test(text) || value < 1 || value > MOST) throw wrong(option, text, `a number, 1 to ${MOST}`);
    return value;
  };

/** Adds `--audit-store`, which is required: `demand` it. */
export const withStore = (command: Command): Command =>
  command.option('--audit-store <file>', 'the store that dropcap serve --audit-store writes (required)');

/** Adds `--audit-store` and the options that narrow the records down; all that are given must hold. */
export const withFilters = (command: Command): Command =>
  withStore(command)
    .option('--since <time>', 'not before this time, or this long ago', moment('--since'))
    .option('--until <time>', 'before this time', moment('--until'))
    .option('--namespace <name>', 'of this namespace', label('--namespace'))
    .option('--workload <name>', 'of this pod, workload or owner', workload('--workload'))
    .option('--policy <name>', 'that this policy covers or asks something of', objectName('--policy'))
    .option(
      '--rule <rule>',
      'with a finding of capabilities.drop, capabilities.add, allowPrivilegeEscalation or pod',
      oneOf('--rule', [...RULES, 'pod']),
    )
    .option(
      '--capability <name>',
      'with a finding that takes this capability from add, or spares it',
      capability('--capability'),
    )
    .option(
      '--outcome <outcome>',
      'with a finding that is hardened, audited, exempt, unresolved, skipped or missed',
      oneOf('--outcome', Object.keys(OUTCOMES) as Outcome[]),
    )
    .option('--opt-out', 'of pods that asked for an opt-out')
    .option('--user <name>', 'asked for by this user', filled('--user', 'the name of a user or service account'));

const FIELDS: readonly (keyof AuditFilter)[] = [
  'since',
  'until',
  'namespace',
  'workload',
  'policy',
  'rule',
  'capability',
  'outcome',
  'optOut',
  'user',
];

/** What the options ask for. Throws `BadInput` where nothing can be in between `--since` and `--until`. */
export function filterOf(options: FilterOptions): AuditFilter {
  const { since, until } = options;
  if (since !== undefined && until !== undefined && since >= until)
    throw new BadInput([
      `error: --until: found ${new Date(until).toISOString()}, expected a time after --since, ${new Date(since).toISOString()}`,
    ]);
  return Object.fromEntries(
    FIELDS.flatMap((field): [string, unknown][] => (options[field] === undefined ? [] : [[field, options[field]]])),
  );
}

/** Does it mean all records? */
export const meansAll = (filter: AuditFilter): boolean => Object.keys(filter).length === 0;
