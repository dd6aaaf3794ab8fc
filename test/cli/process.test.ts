import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { folderOf, pod, shell, spawned } from './command.ts';

const many = Array.from({ length: 3_000 }, (_, i) => pod(`p${i}`, {})).join('---\n');

describe('the built command', () => {
  test('prints manifests on stdout, all else on stderr, and ends with 0', () => {
    const folder = folderOf({ 'a.yaml': pod('a', {}) });
    const { stdout, stderr, status } = shell('dropcap harden -f a.yaml', folder);
    expect(stdout).toContain('"drop":["ALL"]');
    expect(stderr).toBe('1 pod template, 1 changed (2 fields hardened)\n');
    expect(status).toBe(0);
  });

  test('hardens between two others in a pipe, and finds nothing more to do', () => {
    const folder = folderOf({ 'a.yaml': many });
    const { stdout, status } = shell(
      'set -o pipefail; cat a.yaml | dropcap harden -f - 2>/dev/null | dropcap harden -f - -o patch',
      folder,
    );
    expect({ stdout, status }).toEqual({ stdout: '[]\n', status: 0 });
  });

  test('does not mind a reader that goes away', () => {
    const folder = folderOf({ 'a.yaml': many });
    const line = 'dropcap harden -f a.yaml | head -c 10; echo " ${PIPESTATUS[0]}"';
    expect(shell(line, folder)).toMatchObject({
      stdout: '{"apiVersi 0\n',
      stderr: '3000 pod templates, 3000 changed (6000 fields hardened)\n',
    });
  });

  test('ends with 1 where its output cannot be written', () => {
    const folder = folderOf({ 'a.yaml': pod('a', {}) });
    const { stderr, status } = shell('dropcap harden -f a.yaml >/dev/full', folder);
    expect(stderr).toContain('error: the output cannot be written: ENOSPC');
    expect(status).toBe(1);
  });

  test('takes a closed stdin for an empty one', () => {
    expect(shell('dropcap harden -f - <&-')).toEqual({ stdout: '', stderr: 'no pod template found\n', status: 0 });
  });

  test('reads what a shell substitutes for a file', () => {
    expect(shell('dropcap harden -f <(printf "a: 1") 2>/dev/null')).toEqual({ stdout: 'a: 1', stderr: '', status: 0 });
  });

  test('prints no stack trace for bad input, and ends with 2', () => {
    const folder = folderOf({ 'a.yaml': 'kind: Pod\nspec: {containers: 3}\n', 'b.yaml': '{{', 'c.yaml': '- 1' });
    const { stdout, stderr, status } = shell(
      'dropcap harden -f .; s=$?; dropcap harden -f . --policy .; dropcap policy validate .; exit $s',
      folder,
    );
    expect({ stdout, status }).toEqual({ stdout: '- 1', status: 2 });
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('finds the shipped policies from any folder', () => {
    expect(shell('dropcap policy validate restricted', folderOf())).toMatchObject({ stderr: '', status: 0 });
  });

  test('waits for all of stdin', async () => {
    const child = spawned(['harden', '-f', '-', '-o', 'patch']);
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
    for (const part of ['kind: Pod\napiVersion: v1\n', 'spec: {containers: [{name: "ü', '"}]}\n'])
      child.stdin!.write(Buffer.from(part));
    child.stdin!.end();
    await once(child, 'close');
    expect(JSON.parse(text)).toHaveLength(1);
  });
});
