/** Options that say which audit records are meant, and where they are kept. */
import type { Command } from 'commander';
import { parameterName } from '../store/filter-parameters.ts';
import { emptyPeriod, numberTo, Unexpected, VALUES, type Reader } from '../store/filter-values.ts';
import type { AuditFilter } from '../store/terms.ts';
import { BadInput } from './context.ts';

/** Where the records are, as commander reads it. */
export interface PlaceOptions {
  /** A file, or the URL of a PostgreSQL database or of a running instance. */
  readonly auditStore: string;
  readonly tokenFile?: string;
}

/** Where the records are, and which of them are meant. */
export interface FilterOptions extends AuditFilter, PlaceOptions {}

/** The most entries in one answer. */
export const MOST = 100_000;

/** A reader that names its option where it throws, as `BadInput`. It carries the words that it takes, for completion. */
function reading<T>(option: string, read: Reader<T>): Reader<T> {
  const parse = (text: string): T => {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof Unexpected ? new BadInput([`error: ${option}: ${error.message}`]) : error;
    }
  };
  return read.words ? Object.assign(parse, { words: read.words }) : parse;
}

/** How many, at least one. */
export const limit = (option: string): Reader<number> => reading(option, numberTo(MOST));

/** Adds `--audit-store`, which is required (`demand` it), and what goes with it. */
export const withStore = (command: Command): Command =>
  command
    .option(
      '--audit-store <file|url>',
      'the store that dropcap serve --audit-store writes, or a running instance by its admin address (required)',
    )
    .option('--token-file <file>', 'a bearer token for the running instance; not needed on its own loopback');

type Described = readonly [field: Exclude<keyof AuditFilter, 'optOut'>, value: string, about: string];

const BEFORE_OPT_OUT: readonly Described[] = [
  ['since', 'time', 'not before this time, or this long ago'],
  ['until', 'time', 'before this time'],
  ['namespace', 'name', 'of this namespace'],
  ['workload', 'name', 'of this pod, workload or owner'],
  ['policy', 'name', 'that this policy covers or asks something of'],
  ['rule', 'rule', 'with a finding of capabilities.drop, capabilities.add, allowPrivilegeEscalation or pod'],
  ['capability', 'name', 'with a finding that takes this capability from add, or spares it'],
  ['outcome', 'outcome', 'with a finding that is hardened, audited, exempt, unresolved, skipped or missed'],
  ['exception', 'name', 'with a finding that this exception spares'],
];

const AFTER_OPT_OUT: readonly Described[] = [
  ['user', 'name', 'asked for by this user'],
  ['result', 'result', 'whose pod was admitted, altered, not-admitted, or is unknown or pending'],
];

const withValues = (command: Command, described: readonly Described[]): Command =>
  described.reduce((to, [field, value, about]) => {
    const option = `--${parameterName(field)}`;
    return to.option(`${option} <${value}>`, about, reading<unknown>(option, VALUES[field]));
  }, command);

/** Adds `--audit-store` and the options that narrow the records down; all that are given must hold. */
export const withFilters = (command: Command): Command =>
  withValues(
    withValues(withStore(command), BEFORE_OPT_OUT).option('--opt-out', 'of pods that asked for an opt-out'),
    AFTER_OPT_OUT,
  );

/** Adds `--audit-store`, `--since` and `--namespace`. */
export const withRecent = (command: Command): Command =>
  withValues(
    withStore(command),
    BEFORE_OPT_OUT.filter(([field]) => field === 'since' || field === 'namespace'),
  );

const FIELDS = Object.keys(VALUES) as (keyof AuditFilter)[];

/** What the options ask for. Throws `BadInput` where nothing can be in between `--since` and `--until`. */
export function filterOf(options: FilterOptions): AuditFilter {
  const filter: AuditFilter = Object.fromEntries(
    FIELDS.flatMap((field): [string, unknown][] => (options[field] === undefined ? [] : [[field, options[field]]])),
  );
  const empty = emptyPeriod(filter, '--since');
  if (empty) throw new BadInput([`error: --until: ${empty.message}`]);
  return filter;
}

/** Does it mean all records? */
export const meansAll = (filter: AuditFilter): boolean => Object.keys(filter).length === 0;
