import type { Labels } from '../engine/selector.ts';
import { BadInput, type Context } from './context.ts';
import { namespacesOf } from './decide.ts';
import { readInputs } from './inputs.ts';

/** The labels of the Namespace objects in a file, by name; none without a file. Throws `BadInput` with all that is wrong. */
export async function namespacesFrom(file: string | undefined, context: Context): Promise<ReadonlyMap<string, Labels>> {
  if (file === undefined) return new Map<string, Labels>();
  const { manifests, problems } = await readInputs([file], context);
  const { namespaces, problems: wrong } = namespacesOf(manifests);
  const errors = [...problems, ...[...wrong.values()].flatMap((lines) => [...lines.values()])];
  if (errors.length > 0) throw new BadInput(errors.map((line) => `error: --namespaces: ${line}`));
  return namespaces;
}
