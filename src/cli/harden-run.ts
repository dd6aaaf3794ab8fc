/** What `dropcap harden` does. */
import { utcToday } from '../policies/load.ts';
import { BAD_INPUT, NOT_WRITTEN, type Context } from './context.ts';
import { decideManifests } from './decide.ts';
import type { HardenOptions } from './harden.ts';
import { write, type Hardened } from './hardened.ts';
import { withoutRepeated, writeBack } from './in-place.ts';
import { readInputs } from './inputs.ts';
import { namespacesFrom } from './namespaces.ts';
import { PRINTERS } from './output.ts';
import { openPolicies } from './policies.ts';
import { count, say } from './say.ts';
import { doneIn, remarksOn } from './summary.ts';

/** What is said at the end, and the exit status. */
interface Ending {
  readonly lines: readonly string[];
  readonly status: number;
}

const asErrors = (errors: readonly string[]): string[] => errors.map((line) => `error: ${line}`);

function printed(hardened: readonly Hardened[], errors: readonly string[]): Ending {
  return { lines: [...asErrors(errors), doneIn(hardened, errors.length)], status: errors.length > 0 ? BAD_INPUT : 0 };
}

function writtenBack(hardened: readonly Hardened[], errors: readonly string[]): Ending {
  const { files, failures, done } = writeBack(hardened);
  const all = [...errors, ...failures];
  const left =
    all.length > 0
      ? `; ${count(all.length, 'error')}: ${all.length === 1 ? 'what it names' : 'what they name'} is left as it was`
      : '';
  return {
    lines: [...files, ...asErrors(all), doneIn(done, all.length, `; ${count(files.length, 'file')} written${left}`)],
    status: failures.length > 0 ? NOT_WRITTEN : errors.length > 0 ? BAD_INPUT : 0,
  };
}

/** Prints the manifests hardened, or writes them into their files; says on stderr what was done, and what could not be. */
export async function runHarden(options: HardenOptions, context: Context): Promise<void> {
  const { output, inPlace = false } = options;
  const today = utcToday();
  const { set, selectsByLabel, warnings } = openPolicies(options.policy ?? ['restricted'], today);
  const namespaces = await namespacesFrom(options.namespaces, context);
  const inputs = await readInputs(options.filename, context);
  const { manifests, problems } = inPlace ? withoutRepeated(inputs) : inputs;
  const hardened = decideManifests(manifests, { set, today, namespaces }, context).map((one) => write(one, options));
  if (!inPlace || output === 'diff') context.stdout.write(PRINTERS[output](hardened, context));
  const errors = [...problems, ...hardened.flatMap((one) => one.errors)];
  const { lines, status } = (inPlace ? writtenBack : printed)(hardened, errors);
  // The last lines are what is still on the screen: what went wrong stands there.
  say(context, [
    ...warnings,
    ...remarksOn(hardened, selectsByLabel),
    ...hardened.flatMap((one) => one.warnings).map((line) => `warning: ${line}`),
    ...lines,
  ]);
  if (status !== 0) context.exit(status);
}
