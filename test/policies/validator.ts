/**
 * As much of JSON Schema draft-07 as the schema of policies uses, so that the schema itself is tested and not the
 * definition that it was made from. A keyword that it does not know is an error of the test.
 */
type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown, argument: never, schema: Schema) => boolean;

const isMap = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const ifMap = (value: unknown, holds: (map: Schema) => boolean): boolean => !isMap(value) || holds(value);
const ifList = (value: unknown, holds: (list: readonly unknown[]) => boolean): boolean =>
  !Array.isArray(value) || holds(value);
const ifText = (value: unknown, holds: (text: string) => boolean): boolean => typeof value !== 'string' || holds(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMap,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
};

const nothing: Check = () => true;

const CHECKS: Readonly<Record<string, Check>> = {
  $schema: nothing,
  $id: nothing,
  title: nothing,
  description: nothing,
  type: (value, type: string) => TYPES[type]!(value),
  const: (value, only) => value === only,
  enum: (value, allowed: readonly unknown[]) => allowed.includes(value),
  pattern: (value, pattern: string) => ifText(value, (text) => new RegExp(pattern).test(text)),
  minLength: (value, least: number) => ifText(value, (text) => text.length >= least),
  minimum: (value, least: number) => typeof value !== 'number' || value >= least,
  maximum: (value, most: number) => typeof value !== 'number' || value <= most,
  exclusiveMinimum: (value, least: number) => typeof value !== 'number' || value > least,
  minItems: (value, least: number) => ifList(value, (list) => list.length >= least),
  items: (value, items: Schema) => ifList(value, (list) => list.every((item) => accepts(items, item))),
  contains: (value, one: Schema) => ifList(value, (list) => list.some((item) => accepts(one, item))),
  minProperties: (value, least: number) => ifMap(value, (map) => Object.keys(map).length >= least),
  required: (value, keys: readonly string[]) => ifMap(value, (map) => keys.every((key) => key in map)),
  propertyNames: (value, names: Schema) => ifMap(value, (map) => Object.keys(map).every((key) => accepts(names, key))),
  properties: (value, properties: Readonly<Record<string, Schema>>) =>
    ifMap(value, (map) =>
      Object.entries(properties).every(([key, schema]) => !(key in map) || accepts(schema, map[key])),
    ),
  additionalProperties: (value, rest: Schema | false, { properties = {} }) =>
    ifMap(value, (map) =>
      Object.entries(map).every(
        ([key, entry]) => key in (properties as Schema) || (rest !== false && accepts(rest, entry)),
      ),
    ),
  not: (value, schema: Schema) => !accepts(schema, value),
  anyOf: (value, schemas: readonly Schema[]) => schemas.some((schema) => accepts(schema, value)),
  oneOf: (value, schemas: readonly Schema[]) => schemas.filter((schema) => accepts(schema, value)).length === 1,
  if: (value, condition: Schema, { then }) => !accepts(condition, value) || accepts(then as Schema, value),
  then: nothing,
};

/** Does a value fit a schema? Throws where the schema has a keyword that is not known here. */
export function accepts(schema: object, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    const check = CHECKS[keyword];
    if (!check) throw new Error(`the test does not know the keyword ${keyword}`);
    return check(value, argument as never, schema as Schema);
  });
}
