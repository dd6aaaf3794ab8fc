/** The spec of a HardeningException. */
import * as z from 'zod';
import { isDate } from '../engine/opt-out.ts';
import { RULES } from '../engine/policy.ts';
import { keptCapability } from './capability-name.ts';
import { ALWAYS, checkedBy, complain, isMap, type Complaints } from './complaint.ts';
import { checkExclude } from './covers-all.ts';
import { match } from './match-field.ts';
import { objectName } from './names.ts';
import { notCovered } from './scope.ts';
import { some, strict } from './strict.ts';

function checkScopeAndRelief(spec: unknown, complaints: Complaints): void {
  if (!isMap(spec)) return;
  if (spec['keep'] === undefined && spec['rules'] === undefined)
    complain(complaints, [], { expected: 'keep or rules', message: 'spares nothing: give it keep or rules, or both' });
  if (isMap(spec['match']) && Object.keys(spec['match']).length === 0)
    complain(complaints, ['match'], {
      expected: 'at least one field',
      message: 'needs at least one field: an exception for everything would switch the policy off',
    });
}

const notBlank = z
  .string()
  .min(1)
  .superRefine(checkedBy((text) => (text !== '' && text.trim() === '' ? { expected: 'some text' } : undefined)));

const day = z
  .string()
  .superRefine(checkedBy((text) => (isDate(text) ? undefined : { expected: 'a day that exists, as YYYY-MM-DD' })))
  .meta({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });

/** Who is spared what, why, and who answers for it. */
export const exceptionSpec = strict({
  policies: some(objectName)
    .optional()
    .describe('Names of the policies that it loosens. Default: every policy. Example: `[restricted]`.'),
  match: match
    .meta({ minProperties: 1 })
    .describe('What it covers: every field that is given must hold. At least one field.'),
  exclude: notCovered,
  keep: some(keptCapability)
    .optional()
    .describe(
      'Capabilities of which the container still holds what it held before: an entry in `add` stays, and one that it held by default is given back. Example: `[CHOWN, SETGID, SETUID]`.',
    ),
  rules: some(z.enum(RULES)).optional().describe('Rules that do not apply at all. Prefer keep where it is enough.'),
  reason: notBlank.describe(
    'Why, for whoever reads the records. Example: `nginx starts as root and drops to www-data`.',
  ),
  owner: notBlank.describe('Who answers for it: a person, a team or an address. Example: `team-web@example.com`.'),
  expires: day
    .optional()
    .describe('The last day on which it counts, in UTC. After that it is ignored, and said so. Example: `2027-06-30`.'),
})
  .superRefine(checkScopeAndRelief, ALWAYS)
  .superRefine(checkExclude, ALWAYS)
  .meta({ anyOf: [{ required: ['keep'] }, { required: ['rules'] }] });
