/** Writes hardened manifests back into their files. */
import { realpathSync } from 'node:fs';
import { replaceFile } from '../files/replace.ts';
import type { Manifest } from '../manifest/read.ts';
import type { DecidedTemplate } from './decide.ts';
import type { Hardened } from './hardened.ts';
import type { Inputs } from './inputs.ts';
import { count, whyNot } from './say.ts';

function identityOf({ file }: Manifest): string {
  try {
    return realpathSync(file);
  } catch {
    // A pipe; or the file is gone, which writing to it will say.
    return file;
  }
}

/** The inputs without what is named a second time, be it through a symbolic link: a file is written once. */
export function withoutRepeated({ manifests, problems }: Inputs): Inputs {
  const files = new Map(manifests.toReversed().map((manifest) => [identityOf(manifest), manifest]));
  const first = new Set(files.values());
  return { manifests: manifests.filter((manifest) => first.has(manifest)), problems: [...new Set(problems)] };
}

/** What became of the files. */
export interface WrittenBack {
  /** A line for each file that was written. */
  readonly files: readonly string[];
  /** Why files could not be written, a line each. */
  readonly failures: readonly string[];
  /** The manifests with those pod templates only that are as decided in their files. */
  readonly done: readonly Hardened[];
}

const isDone =
  ({ leftOut }: Hardened) =>
  ({ document }: DecidedTemplate): boolean =>
    !leftOut.has(document.index);

function lineFor({ manifest, templates }: Hardened): string {
  const changed = templates.filter(({ decision }) => decision.patch.length > 0);
  const fields = changed.flatMap(({ decision }) => decision.findings.filter(({ outcome }) => outcome === 'hardened'));
  return `${manifest.file}: ${count(fields.length, 'field')} in ${count(changed.length, 'workload')} hardened`;
}

function failureOf(error: unknown, file: string): string {
  const prefix = `${file}: not written`;
  const said = whyNot(error, prefix);
  return said.startsWith(prefix) ? said : `${prefix}: ${said}`;
}

/** Writes each file whose text changed. What cannot be written does not keep the rest from being written. */
export function writeBack(hardened: readonly Hardened[]): WrittenBack {
  const files: string[] = [];
  const failures: string[] = [];
  const done = hardened.flatMap((one): Hardened[] => {
    const { manifest, text, templates } = one;
    const settled = { ...one, templates: templates.filter(isDone(one)) };
    if (manifest.text === text) return [settled];
    try {
      replaceFile(manifest.file, manifest.text, text);
    } catch (error) {
      failures.push(failureOf(error, manifest.file));
      return [];
    }
    files.push(lineFor(settled));
    return [settled];
  });
  return { files, failures, done };
}
