/** The policies that come with dropcap, by name. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../engine/did-you-mean.ts';
import { either } from './render.ts';

/** Neither the name of a shipped folder nor a path. */
export class UnknownPolicyFolder extends Error {
  override readonly name = 'UnknownPolicyFolder';
}

/** The nearest folder `policies` above this module: it is at another depth in a bundle than in the sources. */
function shippedRoot(): string | undefined {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = path.join(folder, 'policies');
    if (existsSync(path.join(candidate, 'schema.json'))) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

const foldersIn = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** Names of the shipped folders; empty where dropcap was installed without them. */
export function shippedNames(): string[] {
  const root = shippedRoot();
  return root === undefined ? [] : foldersIn(root);
}

const isPath = (nameOrPath: string): boolean => /[/\\]/.test(nameOrPath);

/**
 * The folder that a name or a path stands for. A shipped name goes first: a folder of the same name is `./restricted`.
 * Throws `UnknownPolicyFolder` for a word that is neither; whether a path with a slash exists, loading says.
 */
export function resolvePolicyFolder(nameOrPath: string): string {
  if (isPath(nameOrPath)) return nameOrPath;
  const root = shippedRoot();
  const names = shippedNames();
  if (root !== undefined && names.includes(nameOrPath)) return path.join(root, nameOrPath);
  if (nameOrPath !== '' && existsSync(nameOrPath)) return nameOrPath;
  const meant = didYouMean(nameOrPath, names);
  const word = nameOrPath === '' ? 'an empty name' : nameOrPath;
  const hint = meant ? `; did you mean ${meant}?` : '';
  throw new UnknownPolicyFolder(
    `found ${word}, expected a folder or one of the shipped policies, ${either(names)}${hint}`,
  );
}

/** Of some names, those that stand for shipped folders though a folder of that name is here, too. */
export function shadowing(names: readonly string[]): string[] {
  const here = names.filter((name) => !isPath(name) && existsSync(name));
  const root = here.length === 0 ? undefined : shippedRoot();
  if (root === undefined) return [];
  const shipped = foldersIn(root);
  return here.filter((name) => shipped.includes(name) && realpathSync(name) !== realpathSync(path.join(root, name)));
}
