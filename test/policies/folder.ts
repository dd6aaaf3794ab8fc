/** Temporary folders of policies. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { loadPolicies } from '../../src/policies/load.ts';
import { formatProblem } from '../../src/policies/problem.ts';

/** The day on which the tests play. */
export const TODAY = '2026-03-01';

const made: string[] = [];

afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that holds these files, by their names; removed after the tests. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dropcap-policies-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

/** What is said against these files, a line each, without the name of the folder. */
export function errorsIn(files: Readonly<Record<string, string | Uint8Array>>): string[] {
  const folder = folderOf(files);
  return loadPolicies([folder], TODAY).errors.map((error) => formatProblem(error).replaceAll(folder, 'policies'));
}

/** A policy of this spec, in flow style, and whatever metadata it needs. */
export const policyOf = (spec: string, name = 'p'): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

/** An exception of this spec. */
export const exceptionOf = (spec: string, name = 'e'): string =>
  `apiVersion: dropcap.dev/v1alpha1\nkind: HardeningException\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

/** A policy with nothing wrong. */
export const GOOD = policyOf('{ mode: enforce, level: restricted }', 'good');

/** What is said against a policy of this spec: without the place, which always is in line 4. */
export const saidOfPolicy = (spec: string): string[] =>
  errorsIn({ 'x.yaml': policyOf(spec) }).map((line) => line.replace(/^policies\/x\.yaml:4:\d+: /, ''));

/** What is said against an exception of this spec, next to a good policy. */
export const saidOfException = (spec: string): string[] =>
  errorsIn({ 'good.yaml': GOOD, 'x.yaml': exceptionOf(spec) }).map((line) =>
    line.replace(/^policies\/x\.yaml:4:\d+: /, ''),
  );

/** What is said against a match. */
export const saidOfMatch = (match: string): string[] =>
  saidOfPolicy(`{ mode: audit, level: baseline, match: ${match} }`).map((line) => line.replace(/^spec\.match\.?/, ''));
