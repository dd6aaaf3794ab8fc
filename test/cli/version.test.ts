import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { policyJsonSchemaText } from '../../src/policies/json-schema.ts';
import { dropcap, folderOf, ROOT } from './command.ts';

const platform = `${process.platform}/${process.arch}`;

describe('dropcap version', () => {
  test('prints a line for each thing that is known', async () => {
    expect(await dropcap(['version'])).toEqual({
      stdout: [
        'dropcap   1.2.3',
        'policies  dropcap.dev/v1alpha1',
        `node      ${process.version}`,
        `platform  ${platform}`,
        '',
      ].join('\n'),
      stderr: '',
      status: 0,
    });
  });

  test('-o json is the same for programs', async () => {
    const { stdout, stderr, status } = await dropcap(['version', '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual({
      version: '1.2.3',
      policyApiVersion: 'dropcap.dev/v1alpha1',
      node: process.version,
      platform,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test('names the apiVersion that policies have', async () => {
    const { policyApiVersion } = JSON.parse((await dropcap(['version', '-o', 'json'])).stdout) as Record<
      string,
      string
    >;
    expect(policyJsonSchemaText()).toContain(`"${policyApiVersion!}"`);
  });

  test('refuses another form', async () => {
    expect(await dropcap(['version', '-o', 'yaml'])).toEqual({
      stdout: '',
      stderr: 'error: --output: found yaml, expected text or json\n',
      status: 2,
    });
  });
});

describe('a build', () => {
  /** Builds a copy of the sources, and gives what its `version -o json` prints, and all of its bytes. */
  function build(env: Readonly<Record<string, string>>) {
    const folder = folderOf();
    for (const name of ['build.mjs', 'package.json', 'tsconfig.json', 'src'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, ['build.mjs'], { cwd: folder, env: { ...process.env, DROPCAP_COMMIT: '', ...env } });
    const command = join(folder, 'dist', 'dropcap.js');
    const printed = execFileSync(process.execPath, [command, 'version', '-o', 'json'], { encoding: 'utf8' });
    return { known: JSON.parse(printed) as Record<string, string>, bytes: readFileSync(command, 'latin1') };
  }

  test('knows the commit that it was told, and none otherwise', () => {
    expect(build({ DROPCAP_COMMIT: '0123abc' }).known).toMatchObject({ commit: '0123abc' });
    expect(build({}).known).not.toHaveProperty('commit');
  }, 60_000);

  test('gives the same bytes in another folder', () => {
    expect(build({ DROPCAP_COMMIT: '0123abc' }).bytes).toBe(build({ DROPCAP_COMMIT: '0123abc' }).bytes);
  }, 60_000);
});
