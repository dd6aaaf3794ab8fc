/** Opens the policies that `--policy` names, for the commands. */
import { policySetOf, type PolicySet } from '../engine/policy-set.ts';
import { loadPolicies, utcToday, type Loaded } from '../policies/load.ts';
import { formatProblem } from '../policies/problem.ts';
import { resolvePolicyFolder, shadowing, UnknownPolicyFolder } from '../policies/shipped.ts';
import type { PolicySource } from '../policies/source.ts';
import { watchPolicies } from '../policies/watch.ts';
import type { Log } from '../server/log.ts';
import { BadInput, type Context } from './context.ts';
import { count, say } from './say.ts';

/** The folders that names and paths stand for. Throws `BadInput` for words that are neither. */
function foldersOf(names: readonly string[], option = '--policy: '): string[] {
  const errors: string[] = [];
  const folders = names.flatMap((name) => {
    try {
      return resolvePolicyFolder(name);
    } catch (error) {
      if (!(error instanceof UnknownPolicyFolder)) throw error;
      errors.push(`error: ${option}${error.message}`);
      return [];
    }
  });
  if (errors.length > 0) throw new BadInput(errors);
  return folders;
}

const errorsOf = ({ errors }: Loaded): string[] => errors.map((error) => `error: ${formatProblem(error)}`);

const shadows = (names: readonly string[]): string[] =>
  shadowing(names).map((name) => `${name} stands for what comes with dropcap; the folder here is ./${name}`);

const warningsOf = ({ warnings }: Loaded, names: readonly string[]): string[] =>
  [...shadows(names), ...warnings.map(formatProblem)].map((warning) => `warning: ${warning}`);

function good(loaded: Loaded): Loaded {
  if (loaded.errors.length > 0) throw new BadInput(errorsOf(loaded));
  return loaded;
}

/** Policies for one run. */
export interface OpenedPolicies {
  readonly set: PolicySet;
  /** Does some policy or exception cover only namespaces with certain labels? */
  readonly selectsByLabel: boolean;
  readonly warnings: readonly string[];
}

/** Loads policies once. Throws `BadInput` with all that is wrong with them. */
export function openPolicies(names: readonly string[], today: string): OpenedPolicies {
  const loaded = good(loadPolicies(foldersOf(names), today));
  const { documents } = loaded;
  const selectsByLabel = documents.some(({ spec: { match, exclude } }) =>
    [match, exclude].some((one) => one?.namespaceSelector !== undefined),
  );
  return { set: policySetOf(documents), selectsByLabel, warnings: warningsOf(loaded, names) };
}

/** Policies whose folders are followed. */
export interface FollowedPolicies {
  readonly source: PolicySource;
  /** Names of the policies and exceptions that need the labels of namespaces, as they were at first. */
  readonly readers: readonly string[];
}

/** Loads policies and follows their folders. Throws `BadInput` with all that is wrong with them. */
export function followPolicies(names: readonly string[], log: Log): FollowedPolicies {
  const folders = foldersOf(names);
  const first = good(loadPolicies(folders));
  const warn = (loaded: Pick<Loaded, 'warnings'>): void => {
    for (const warning of loaded.warnings) log.warn(formatProblem(warning));
  };
  for (const shadow of shadows(names)) log.warn(shadow);
  warn(first);
  const source = watchPolicies(folders, first, {
    onReload: (reload) => {
      if (reload.ok) log.info('policies reloaded', { policySet: reload.version });
      else log.error('the new policies are bad, the old ones stay', { errors: reload.errors.map(formatProblem) });
      warn(reload);
    },
  });
  const readers = first.documents.filter((document) => policySetOf([document]).readsNamespaceLabels);
  return { source, readers: readers.map(({ metadata: { name } }) => name) };
}

/** `dropcap policy validate`: says everything that is wrong, or what was found. */
export function validatePolicies(names: readonly string[], context: Context): void {
  const loaded = good(loadPolicies(foldersOf(names, ''), utcToday()));
  say(context, warningsOf(loaded, names));
  const policies = loaded.documents.filter(({ kind }) => kind === 'HardeningPolicy').length;
  const exceptions = loaded.documents.length - policies;
  const parts = `${policies === 1 ? '1 policy' : `${policies} policies`}, ${count(exceptions, 'exception')}`;
  context.stdout.write(`${names.join(', ')}: good (${parts}, version ${loaded.version})\n`);
}
