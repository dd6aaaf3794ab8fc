import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { policyJsonSchema, policyJsonSchemaText } from '../../src/policies/json-schema.ts';
import { shippedNames } from '../../src/policies/shipped.ts';
import { exceptionOf, policyOf } from './folder.ts';
import { accepts } from './validator.ts';

const root = path.join(import.meta.dirname, '../../policies');
const schema = policyJsonSchema();

test('policies/schema.json is what the definition says today', () => {
  expect(readFileSync(path.join(root, 'schema.json'), 'utf8')).toBe(policyJsonSchemaText());
});

test('it is draft-07, one of two kinds', () => {
  expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', title: 'dropcap policy file' });
  expect(schema).toHaveProperty('oneOf.0.properties.kind.const', 'HardeningPolicy');
  expect(schema).toHaveProperty('oneOf.1.properties.kind.const', 'HardeningException');
});

test('every shipped file fits it', () => {
  const files = shippedNames().flatMap((name) =>
    readdirSync(path.join(root, name)).map((file) => path.join(root, name, file)),
  );
  expect(files.length).toBeGreaterThan(3);
  for (const file of files)
    for (const document of parseAllDocuments(readFileSync(file, 'utf8')))
      expect([file, accepts(schema, document.toJS())]).toEqual([file, true]);
});

/** Fields that say nothing about themselves, by their paths. */
function undescribed(node: unknown, at = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    // What stands in a condition is said in its place.
    if (key === 'if' || key === 'then') return [];
    if (key !== 'properties') return undescribed(value, `${at}/${key}`);
    const fields = Object.entries(value as Record<string, { description?: string }>);
    const silent = fields
      .filter(([, field]) => !/^\S.{10,}[.`]$/.test(field.description ?? ''))
      .map(([name]) => `${at}/${name}`);
    return [...silent, ...undescribed(value, at)];
  });
}

test('every field says in a sentence what it is', () => {
  expect(undescribed(schema)).toEqual([]);
});

describe('it takes', () => {
  test.each([
    policyOf('{ mode: audit, level: restricted, exclude: { namespaces: [kube-*] }, optOut: { maxDays: 30 } }'),
    policyOf('{ mode: audit, level: restricted, capabilities: { drop: [ALL] } }'),
    policyOf('{ mode: enforce, level: restricted, gate: { missed: enforce, unresolved: warn } }'),
    policyOf('{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [ALL] } }'),
    policyOf('{ mode: audit, match: { serviceAccounts: ["ci/*", a.b], images: [{ tag: "" }] }, level: baseline }'),
    exceptionOf('{ match: { namespaces: [a] }, keep: [KILL], reason: r, owner: o, expires: 2027-01-31 }'),
  ])('%s', (text) => {
    expect(accepts(schema, parse(text))).toBe(true);
  });
});

describe('it refuses', () => {
  const exception = 'reason: r, owner: o';
  test.each([
    ['another kind', policyOf('{ mode: audit }').replace('Policy', 'Police')],
    ['another apiVersion', policyOf('{ mode: audit }').replace('v1alpha1', 'v1')],
    ['a name that is none', policyOf('{ mode: audit }', 'Web_1')],
    ['an unknown field', policyOf('{ mode: audit, moed: audit }')],
    ['no mode', policyOf('{ level: baseline }')],
    ['an unknown mode', policyOf('{ mode: on }')],
    ['CAP_NET_RAW', policyOf('{ mode: audit, capabilities: { drop: [CAP_NET_RAW] } }')],
    ['defaultAdd of ALL', policyOf('{ mode: audit, capabilities: { defaultAdd: [ALL] } }')],
    ['drop of ALL without allowedAdd', policyOf('{ mode: audit, capabilities: { drop: [KILL, ALL] } }')],
    ['a namespace that cannot be', policyOf('{ mode: audit, match: { namespaces: [Shop] } }')],
    ['an empty list in a match', policyOf('{ mode: audit, match: { namespaces: [] } }')],
    ['an image without a part', policyOf('{ mode: audit, match: { images: [{}] } }')],
    ['an empty exclude', policyOf('{ mode: audit, exclude: {} }')],
    ['a gate that is none', policyOf('{ mode: audit, gate: { missed: deny } }')],
    ['no days', policyOf('{ mode: audit, optOut: { maxDays: 0 } }')],
    ['an exception for everything', exceptionOf(`{ match: {}, keep: [KILL], ${exception} }`)],
    ['an exception from nothing', exceptionOf(`{ match: { namespaces: [a] }, ${exception} }`)],
    ['keeping ALL', exceptionOf(`{ match: { namespaces: [a] }, keep: [ALL], ${exception} }`)],
    ['no owner', exceptionOf('{ match: { namespaces: [a] }, keep: [KILL], reason: r }')],
    ['no date', exceptionOf(`{ match: { namespaces: [a] }, keep: [KILL], ${exception}, expires: soon }`)],
  ])('%s', (_, text) => {
    expect(accepts(schema, parse(text))).toBe(false);
  });
});
