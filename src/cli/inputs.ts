/** Finds and reads what `-f` names: files, folders and stdin. */
import { isUtf8 } from 'node:buffer';
import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { readManifest, type Manifest } from '../manifest/read.ts';
import { bytesOfFile, bytesOfStream } from './bytes.ts';
import type { Context } from './context.ts';
import { progressOf } from './progress.ts';
import { whyNot } from './say.ts';

const MANIFEST = /\.(ya?ml|json)$/;

/** Manifests in the order in which they were named, and what could not be read, a line each. */
export interface Inputs {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
}

type Found = readonly { readonly path: string; readonly problem?: string }[];

/** Whoever names a pipe means to fill it; one that lies about in a folder would be waited for without end. */
function fileAt(path: string, entry: Dirent): Found[number] {
  const isOdd = !entry.isFile() && !statSync(path).isFile() && !statSync(path).isDirectory();
  return isOdd ? { path, problem: `${path}: a pipe, socket or device, where a file was expected` } : { path };
}

/** The manifests in a folder and below it, by name; folders that cannot be read, too. Hidden ones are passed over. */
function filesIn(folder: string): Found {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry): Found => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() && !MANIFEST.test(entry.name)) return [];
      try {
        return entry.isDirectory() ? filesIn(path) : [fileAt(path, entry)];
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

/** What a name stands for; for one that stands for nothing, why. */
function found(name: string): Found {
  if (name === '-') return [{ path: name }];
  try {
    return filesOf(name);
  } catch (error) {
    return [{ path: name, problem: whyNot(error, name) }];
  }
}

/** Reads everything that `-f` names. What cannot be read does not keep the rest from being read. */
export async function readInputs(names: readonly string[], context: Context): Promise<Inputs> {
  const manifests: Manifest[] = [];
  const problems: string[] = [];
  const files = names.flatMap(found);
  const progress = progressOf(context, 'reading', files.filter(({ problem }) => problem === undefined).length);
  const add = (file: string, bytes: Buffer): void => {
    progress.next(file, bytes.length);
    const manifest = readManifest(textOf(bytes, file), file);
    manifests.push(manifest);
    problems.push(...manifest.errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`));
  };
  for (const { path, problem } of files) {
    try {
      if (problem !== undefined) problems.push(problem);
      else if (path === '-') add('stdin', await bytesOfStream(context.stdin, 'stdin'));
      else add(path, bytesOfFile(path));
    } catch (error) {
      problems.push(whyNot(error, path));
    }
  }
  progress.end();
  return { manifests, problems };
}
