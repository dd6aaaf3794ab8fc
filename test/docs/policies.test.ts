/** The reference of docs/policies.md names what the schema has, and nothing else. */
import { describe, expect, test } from '@jest/globals';
import { policyJsonSchema } from '../../src/policies/json-schema.ts';
import { shippedNames } from '../../src/policies/shipped.ts';
import { textOf } from './blocks.ts';

const text = textOf('docs/policies.md');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
}

const [policy, exception] = (policyJsonSchema() as unknown as { oneOf: Schema[] }).oneOf.map(
  ({ properties }) => properties!['spec']!,
);
const fieldsOf = (schema: Schema | undefined): string[] => Object.keys(schema?.properties ?? {});
const within = (schema: Schema | undefined, field: string): Schema => schema!.properties![field]!;

/** The fields that the first table after a heading names in its first column. */
function documented(heading: string): string[] {
  const [, section = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  return table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w.]+)`/g)].map(([, name]) => name!));
}

/** Fields with their own in place of those that have some. */
const opened = (schema: Schema | undefined, ...parents: string[]): string[] =>
  fieldsOf(schema).flatMap((field) =>
    parents.includes(field) ? fieldsOf(within(schema, field)).map((inner) => `${field}.${inner}`) : [field],
  );

describe('docs/policies.md', () => {
  test('has a row for each field of a policy', () => {
    expect(documented('HardeningPolicy').sort()).toEqual(opened(policy, 'capabilities', 'gate').sort());
  });

  test('has a row for each field of match and exclude, which are the same in all four places', () => {
    expect(documented('match and exclude').sort()).toEqual(fieldsOf(within(policy, 'match')).sort());
    for (const schema of [within(policy, 'exclude'), within(exception, 'match'), within(exception, 'exclude')])
      expect(fieldsOf(schema).sort()).toEqual(fieldsOf(within(policy, 'match')).sort());
  });

  test('names each part of an image', () => {
    const [row = ''] = /^\| `images`.*$/m.exec(text) ?? [];
    for (const part of fieldsOf(within(within(policy, 'match'), 'images').items)) expect(row).toContain(`\`${part}\``);
  });

  test('has a row for each field of an exception', () => {
    expect(documented('HardeningException').sort()).toEqual(fieldsOf(exception).sort());
    expect(exception!.required).toEqual(expect.arrayContaining(['match', 'reason', 'owner']));
  });

  test('has a row for each field of optOut', () => {
    expect(documented('Opting out').sort()).toEqual(fieldsOf(within(policy, 'optOut')).sort());
  });

  test('names each value that mode, level, rules and the gate take', () => {
    const values = [
      ...['mode', 'level'].map((field) => within(policy, field)),
      within(exception, 'rules').items!,
      ...['missed', 'unresolved'].map((field) => within(within(policy, 'gate'), field)),
    ].flatMap((schema) => schema.enum ?? []);
    expect(values.length).toBeGreaterThan(10);
    expect(values.filter((value) => !text.includes(`\`${value}\``))).toEqual([]);
  });

  test('names every folder that is shipped', () => {
    const [first = ''] = text.split('\n\n').slice(1);
    expect([...first.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(expect.arrayContaining(shippedNames()));
  });

  test('says no word of fields that are not there', () => {
    const known = new Set(
      [policy, exception].flatMap((schema) => [
        ...opened(schema),
        ...fieldsOf(schema).flatMap((field) => fieldsOf(within(schema, field))),
      ]),
    );
    const [, migration = ''] = text.split('## From PodSecurityPolicy');
    const named = [...migration.matchAll(/^\|[^|]*\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(?:capabilities\.)?(\w+)/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(7);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
