import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import type { HardeningException, HardeningPolicy, PolicyDocument } from '../../src/engine/policy.ts';
import type { documentSchema, exceptionSchema, policySchema } from '../../src/policies/schema.ts';
import { saidOfPolicy } from './folder.ts';

type Frozen<T> = T extends readonly (infer Entry)[]
  ? readonly Frozen<Entry>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Policy = Frozen<z.infer<typeof policySchema>>;
type Exception = Frozen<z.infer<typeof exceptionSchema>>;

/** Compiles only where A is a B. */
type Is<A extends B, B> = [A, B];

// The compiler is the test: what the definition lets through is what the engine takes …
type _Forth = Is<z.infer<typeof documentSchema>, PolicyDocument>;
// … and the engine reads no field that the definition does not have.
type _Policy = Is<HardeningPolicy['spec'], Policy['spec']>;
type _Exception = Is<Omit<HardeningException['spec'], 'match'>, Omit<Exception['spec'], 'match'>>;
type _Match = Is<NonNullable<HardeningException['spec']['match']>, Exception['spec']['match']>;
type _Fields = Is<keyof HardeningException['spec'], keyof Exception['spec']>;

export type Checked = [_Forth, _Policy, _Exception, _Match, _Fields];

test.each(CAPABILITIES)('%s can be dropped, allowed and given back', (name) => {
  expect(saidOfPolicy(`{ mode: audit, capabilities: { drop: [${name}] } }`)).toEqual([]);
  expect(
    saidOfPolicy(`{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [${name}], defaultAdd: [${name}] } }`),
  ).toEqual([]);
});
