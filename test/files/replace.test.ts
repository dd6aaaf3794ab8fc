import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { replaceFile } from '../../src/files/replace.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropcap-replace-'));
  file = join(folder, 'a.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is in the folder, by name. */
const found = (): unknown => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

describe('a file is replaced', () => {
  test('where it holds what was read', () => {
    writeFileSync(file, 'old ü');
    replaceFile(file, 'old ü', 'new ü\r\n');
    expect(found()).toEqual([['a.yaml', 'new ü\r\n']]);
  });

  test('at once: who has it open goes on reading the old one', () => {
    writeFileSync(file, 'old');
    const descriptor = openSync(file, 'r');
    replaceFile(file, 'old', 'new');
    expect(readFileSync(descriptor, 'utf8')).toBe('old');
    closeSync(descriptor);
    expect(found()).toEqual([['a.yaml', 'new']]);
  });
});

describe('a file is left as it is, and nothing beside it', () => {
  test.each([
    ['changed', 'others'],
    ['emptied', ''],
    ['made to hold what is no UTF-8', Buffer.from([0xff])],
  ])('where it was %s meanwhile', (_, content) => {
    writeFileSync(file, content);
    expect(() => replaceFile(file, 'old', 'new')).toThrow('it was changed meanwhile');
    expect(readdirSync(folder)).toEqual(['a.yaml']);
    expect(readFileSync(file)).toEqual(Buffer.from(content));
  });

  test('where it is gone', () => {
    expect(() => replaceFile(file, 'old', 'new')).toThrow('ENOENT');
    expect(found()).toEqual([]);
  });

  test('where it is no file', () => {
    execFileSync('mkfifo', [file]);
    expect(() => replaceFile(file, '', 'new')).toThrow('it is no regular file');
    symlinkSync(folder, join(folder, 'link'));
    expect(() => replaceFile(join(folder, 'link'), '', 'new')).toThrow('it is no regular file');
    expect(readdirSync(folder)).toEqual(['a.yaml', 'link']);
  });

  test('where there is no room for the new one', () => {
    writeFileSync(file, 'old');
    // A limit on the size of files stands for a full disk.
    const script = `const { replaceFile } = await import(${JSON.stringify(new URL('../../src/files/replace.ts', import.meta.url).href)});
      try { replaceFile('a.yaml', 'old', 'x'.repeat(1e5)); } catch (error) { console.log(error.code); }`;
    const command = [
      '-c',
      'trap "" XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ];
    expect(execFileSync('bash', command, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
      'EFBIG\n',
    );
    expect(found()).toEqual([['a.yaml', 'old']]);
  });
});
