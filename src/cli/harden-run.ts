/** What `dropcap harden` does. */
import { utcToday } from '../policies/load.ts';
import { BAD_INPUT, type Context } from './context.ts';
import { decideManifests } from './decide.ts';
import type { HardenOptions } from './harden.ts';
import { write } from './hardened.ts';
import { readInputs } from './inputs.ts';
import { namespacesFrom } from './namespaces.ts';
import { PRINTERS } from './output.ts';
import { openPolicies } from './policies.ts';
import { say } from './say.ts';
import { doneIn, remarksOn } from './summary.ts';

/** Prints the manifests hardened; says on stderr what was done, and what could not be. */
export async function runHarden(options: HardenOptions, context: Context): Promise<void> {
  const today = utcToday();
  const { set, selectsByLabel, warnings } = openPolicies(options.policy ?? ['restricted'], today);
  const namespaces = await namespacesFrom(options.namespaces, context);
  const inputs = await readInputs(options.filename, context);
  const decided = decideManifests(inputs.manifests, { set, today, namespaces });
  const hardened = decided.map((one) => write(one, options.output));
  const errors = [...inputs.problems, ...hardened.flatMap((one) => one.errors)];
  context.stdout.write(PRINTERS[options.output](hardened));
  // The last lines are what is still on the screen: what went wrong stands there.
  say(context, [
    ...warnings,
    ...remarksOn(hardened, selectsByLabel),
    ...hardened.flatMap((one) => one.warnings).map((line) => `warning: ${line}`),
    ...errors.map((line) => `error: ${line}`),
    doneIn(hardened, errors.length),
  ]);
  if (errors.length > 0) context.exit(BAD_INPUT);
}
