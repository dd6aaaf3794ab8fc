/** Finds and reads what `-f` names: files, folders and stdin. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buffer as readAll } from 'node:stream/consumers';
import { readManifest, type Manifest } from '../manifest/read.ts';
import type { Context } from './context.ts';
import { whyNot } from './say.ts';

const MANIFEST = /\.(ya?ml|json)$/;

/** Manifests in the order in which they were named, and what could not be read, a line each. */
export interface Inputs {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
}

type Found = readonly { readonly path: string; readonly problem?: string }[];

/** The manifests in a folder and below it, by name; folders that cannot be read, too. Hidden ones are passed over. */
function filesIn(folder: string): Found {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry): Found => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory()) return MANIFEST.test(entry.name) ? [{ path }] : [];
      try {
        return filesIn(path);
      } catch (error) {
        return [{ path, problem: whyNot(error, path) }];
      }
    });
}

function filesOf(name: string): Found {
  if (name === '') throw new Error('found an empty name, expected a file, a folder or -');
  if (!statSync(name).isDirectory()) return [{ path: name }];
  const files = filesIn(name);
  if (files.length === 0) throw new Error(`${name}: found no *.yaml, *.yml or *.json file, expected manifests`);
  return files;
}

const isUtf16 = ([first = 0, second = 0]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);

/** Bytes that are no UTF-8 would be printed as other bytes, so they are refused. */
function textOf(bytes: Buffer, file: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw new Error(`${file}: found ${isUtf16(bytes) ? 'UTF-16' : 'bytes that are not UTF-8'}, expected text in UTF-8`);
}

/** Reads everything that `-f` names. What cannot be read does not keep the rest from being read. */
export async function readInputs(names: readonly string[], context: Context): Promise<Inputs> {
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  const attempt = async (file: string, action: () => void | Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      problems.push(whyNot(error, file));
    }
  };
  const add = (file: string, bytes: Buffer): void => {
    const manifest = readManifest(textOf(bytes, file), file);
    manifests.push(manifest);
    problems.push(...manifest.errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`));
  };
  for (const name of names) {
    await attempt(name, async () => {
      if (name === '-') add('stdin', await readAll(context.stdin));
      else
        for (const { path, problem } of filesOf(name))
          if (problem !== undefined) problems.push(problem);
          else await attempt(path, () => add(path, readFileSync(path)));
    });
  }
  return { manifests, problems };
}
