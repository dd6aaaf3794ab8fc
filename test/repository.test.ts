/** Rules about the repository itself: what the documents show is true of the code. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RULE_ORDER } from '../src/engine/rules/index.ts';
import { loadPolicies } from '../src/policies/load.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const documents = ['README.md', 'docs/policies.md'];

const policyBlocks = documents.flatMap((document) =>
  [...read(document).matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, block]) => block!)
    .filter((block) => block.includes('apiVersion: dropcap.dev/'))
    .map((block, i) => ({ name: `${document}, policy ${i + 1}`, block })),
);

describe('documents', () => {
  test.each(policyBlocks)('$name loads', ({ block }) => {
    const folder = mkdtempSync(join(tmpdir(), 'dropcap-docs-'));
    writeFileSync(join(folder, 'example.yaml'), block);
    // An exception alone protects nothing, which is an error: it is shown beside a policy.
    const shown = block.includes('kind: HardeningException') ? [folder, join(root, 'policies/restricted')] : [folder];
    expect(loadPolicies(shown).errors).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('there are policies to check in both documents', () => {
    expect(policyBlocks.length).toBeGreaterThanOrEqual(3);
  });

  test.each(RULE_ORDER.map(({ name }) => name))('rule %s has its row in the README, its cases and its test', (name) => {
    expect(read('README.md')).toContain(`| \`${name}\` |`);
    expect(globSync(`test/cases/${name}/*.yaml`, { cwd: root }).length).toBeGreaterThan(0);
  });

  test('every option of serve and of what reads manifests is named in the README', () => {
    const options = ['serve', 'harden', 'check', 'explain', 'suggest-options', 'manifest-options'].flatMap((command) =>
      [...read(`src/cli/${command}.ts`).matchAll(/\(\s*'(?:-\w, )?(--[a-z-]+)/g)].map(([, option]) => option!),
    );
    expect(options.length).toBeGreaterThan(10);
    const missing = options.filter(
      (option) => option !== '--filename' && option !== '--output' && !read('README.md').includes(option),
    );
    expect(missing).toEqual([]);
  });

  test('every metric of the server is in the README, and the reverse', () => {
    const named = (text: string): string[] => [...new Set(text.match(/dropcap_[a-z_]+/g))].sort();
    const source = globSync('src/server/*.ts', { cwd: root })
      .map((file) => read(file))
      .join('\n');
    expect(named(source)).toEqual(named(read('README.md')));
  });
});

describe('the repository', () => {
  test('the shipped policies load, each folder by itself', () => {
    for (const folder of ['restricted', 'compatible', 'baseline'])
      expect(loadPolicies([join(root, 'policies', folder)])).toMatchObject({ errors: [], warnings: [] });
  });

  test('the lock file names no host that packages come from', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"');
  });

  test('the targets that the README names exist', () => {
    const targets = [...read('README.md').matchAll(/^make ([a-z]+)/gm)].map(([, target]) => target!);
    for (const target of targets) expect(read('Makefile')).toMatch(new RegExp(`^${target}:`, 'm'));
  });

  test('the command that package.json names is there after a build, and answers', () => {
    const { bin, version } = JSON.parse(read('package.json')) as { bin: { dropcap: string }; version: string };
    const command = join(root, bin.dropcap);
    if (!existsSync(command)) throw new Error('not built: run make build first');
    expect(execFileSync(process.execPath, [command, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  });
});
