/** Reads the files of policy folders. What cannot be read is an error among the others, never an exception. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { fileError, type PolicyError } from './problem.ts';
import { printable } from './render.ts';
import type { SourceFile } from './read-file.ts';

/** What is in the folders at one moment. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly errors: readonly PolicyError[];
  /** The same for the same contents, whatever the names of files and folders and their order. */
  readonly version: string;
}

// As much as a ConfigMap can hold.
const MOST_BYTES = 2 ** 20;

const ENDING = /\.(?:ya?ml|json)$/;

// Kept next to policies for editors, it is no policy itself.
const JSON_SCHEMA = 'schema.json';

const REASONS: Partial<Record<string, string>> = {
  ENOENT: 'nothing there',
  EACCES: 'no permission to read it',
  ENOTDIR: 'nothing there',
  ELOOP: 'symbolic links in a circle',
};

const reason = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? printable(message);
};

const isPolicyFile = ({ name }: Dirent): boolean => ENDING.test(name) && !name.startsWith('.') && name !== JSON_SCHEMA;

function noPolicies(folder: string, entries: readonly Dirent[]): PolicyError {
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const hint = folders.length > 0 ? `; folders in it are not read: ${folders.sort().slice(0, 5).join(', ')}` : '';
  return fileError(folder, 'no *.yaml, *.yml or *.json file', `policies${hint}`);
}

function readOne(file: string): SourceFile | PolicyError {
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return fileError(file, 'something else', 'a regular file');
    if (stat.size > MOST_BYTES) return fileError(file, `${stat.size} bytes`, `at most ${MOST_BYTES}: split the file`);
    const bytes = readFileSync(file);
    return isUtf8(bytes)
      ? { file, text: bytes.toString() }
      : fileError(file, 'bytes that are not UTF-8', 'text in UTF-8');
  } catch (error) {
    return fileError(file, reason(error), 'a file that can be read');
  }
}

/** Names of the files that a folder, or the path of a single file, stands for. */
function filesOf(place: string): string[] | PolicyError {
  try {
    if (!statSync(place).isDirectory()) return [place];
    const entries = readdirSync(place, { withFileTypes: true });
    const names = entries.filter(isPolicyFile).map(({ name }) => name);
    return names.length > 0 ? names.sort().map((name) => path.join(place, name)) : noPolicies(place, entries);
  } catch (error) {
    return fileError(place, reason(error), 'a folder of policies');
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function versionOf(files: readonly SourceFile[], errors: readonly PolicyError[]): string {
  const parts = [...files.map(({ text }) => digest(text)), ...errors.map(({ message }) => digest(`error ${message}`))];
  return digest(parts.sort().join('\n')).slice(0, 12);
}

const isError = (value: SourceFile | PolicyError): value is PolicyError => 'message' in value;

/** Reads all policy files of some folders, or single files: `*.yaml`, `*.yml`, `*.json` right in each, links followed. */
export function readSources(places: readonly string[]): Sources {
  const files: SourceFile[] = [];
  const errors: PolicyError[] = [];
  const seen = new Set<string>();
  for (const place of places) {
    const names = filesOf(place);
    if (!Array.isArray(names)) errors.push(names);
    else
      for (const name of names) {
        // A folder named twice is no duplicate of itself.
        if (seen.has(path.resolve(name))) continue;
        seen.add(path.resolve(name));
        const read = readOne(name);
        if (isError(read)) errors.push(read);
        else files.push(read);
      }
  }
  return { files, errors, version: versionOf(files, errors) };
}
