import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { demandOf } from '../../src/engine/demand.ts';
import { loadPolicies } from '../../src/policies/load.ts';
import { resolvePolicyFolder, shippedNames, UnknownPolicyFolder } from '../../src/policies/shipped.ts';
import { folderOf, TODAY } from './folder.ts';

const root = path.join(import.meta.dirname, '../../policies');
const SIX = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'];

const onlyPolicyOf = (name: string) => {
  const { documents, errors, warnings } = loadPolicies([resolvePolicyFolder(name)], TODAY);
  expect({ errors, warnings }).toEqual({ errors: [], warnings: [] });
  expect(documents).toHaveLength(1);
  const [document] = documents;
  if (document?.kind !== 'HardeningPolicy') throw new Error(`${name} is no policy`);
  return document;
};

test('three policies are shipped, and a folder of exceptions', () => {
  expect(shippedNames()).toEqual(['baseline', 'compatible', 'exceptions', 'restricted']);
});

describe.each(['baseline', 'compatible', 'restricted'])('%s', (name) => {
  test('loads, and its policy is named as its folder', () => {
    expect(onlyPolicyOf(name).metadata.name).toBe(name);
  });

  test('each of its files names the schema and says to a person what it is for', () => {
    for (const file of readdirSync(path.join(root, name))) {
      const lines = readFileSync(path.join(root, name, file), 'utf8').split('\n');
      expect(lines[0]).toBe('# yaml-language-server: $schema=../schema.json');
      expect(lines[2]).toMatch(/^# \w.{40}/);
    }
  });
});

test('restricted is what the Pod Security Standards call so', () => {
  const { spec } = onlyPolicyOf('restricted');
  const ours = demandOf(onlyPolicyOf('restricted'));
  const theirs = demandOf({
    kind: 'HardeningPolicy',
    metadata: { name: 'restricted' },
    spec: { mode: spec.mode, level: 'restricted' },
  });
  expect({ ...ours, sources: [] }).toEqual({ ...theirs, sources: [] });
});

test('compatible gives back six capabilities of all that it drops', () => {
  const { drop, allowedAdd, giveBack, escalation } = demandOf(onlyPolicyOf('compatible'));
  expect({ drop, allowedAdd: [...allowedAdd], giveBack, escalation }).toEqual({
    drop: ['ALL'],
    allowedAdd: SIX,
    giveBack: SIX,
    escalation: 'never',
  });
});

describe('resolvePolicyFolder', () => {
  test('a shipped name is its folder', () => {
    expect(resolvePolicyFolder('restricted')).toBe(path.join(root, 'restricted'));
  });

  test('a folder that is there is itself, and so is any path with a slash', () => {
    const folder = folderOf();
    expect(resolvePolicyFolder(folder)).toBe(folder);
    expect(resolvePolicyFolder('test')).toBe('test');
    expect(resolvePolicyFolder('./restricted')).toBe('./restricted');
  });

  test.each([
    [
      'restrcted',
      'found restrcted, expected a folder or one of the shipped policies, baseline, compatible, exceptions or restricted; did you mean restricted?',
    ],
    [
      'zzz',
      'found zzz, expected a folder or one of the shipped policies, baseline, compatible, exceptions or restricted',
    ],
    [
      '',
      'found an empty name, expected a folder or one of the shipped policies, baseline, compatible, exceptions or restricted',
    ],
  ])('%j is neither', (word, message) => {
    expect(() => resolvePolicyFolder(word)).toThrow(new UnknownPolicyFolder(message));
  });
});
