/** Label selectors, as in Kubernetes. One that contradicts itself is an error. */
import * as z from 'zod';
import { ALWAYS, checkedBy, complain, isMap, type Complaint, type Complaints } from './complaint.ts';
import { checkContradictions } from './contradiction.ts';
import { isSubdomain } from './names.ts';
import { render } from './render.ts';
import { some, strict } from './strict.ts';

const NAME = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

function problemWithKey(key: string): Complaint | undefined {
  const parts = key.split('/');
  const possible = parts.length <= 2 && NAME.test(parts.at(-1)!) && (parts.length < 2 || isSubdomain(parts[0]!));
  return possible
    ? undefined
    : { expected: 'the key of a label: name or example.com/name, the name 63 characters at most' };
}

const problemWithValue = (value: string): Complaint | undefined =>
  value === '' || NAME.test(value)
    ? undefined
    : { expected: 'the value of a label: 63 letters, digits and - _ . at most, a letter or digit at both ends' };

const labelValue = z.string().superRefine(checkedBy(problemWithValue));

/** Complains about the keys of a map of labels or annotations. */
export function checkKeys(labels: unknown, complaints: Complaints): void {
  if (!isMap(labels)) return;
  for (const key of Object.keys(labels)) {
    const problem = problemWithKey(key);
    if (problem)
      complain(complaints, [key], {
        ...problem,
        atKey: true,
        message: `found ${render(key)}, expected ${problem.expected}`,
      });
  }
}

/** A map of labels. */
export const labels = z.record(z.string(), labelValue).superRefine(checkKeys, ALWAYS);

const NEEDS_VALUES = new Set<unknown>(['In', 'NotIn']);
const NEEDS_NONE = new Set<unknown>(['Exists', 'DoesNotExist']);

function checkValues(requirement: unknown, complaints: Complaints): void {
  if (!isMap(requirement)) return;
  const { operator, values } = requirement;
  if (NEEDS_VALUES.has(operator) && values === undefined)
    complain(complaints, ['values'], { expected: `the values for ${String(operator)}` });
  if (NEEDS_NONE.has(operator) && values !== undefined)
    complain(complaints, ['values'], { expected: `no values with ${String(operator)}` });
}

const requirement = strict({
  key: z.string().superRefine(checkedBy(problemWithKey)).describe('The key of the label, as in `example.com/team`.'),
  operator: z
    .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
    .describe('How the label is judged. As in Kubernetes, NotIn also holds where the label is missing.'),
  values: some(labelValue).optional().describe('The values for In and NotIn; none for Exists and DoesNotExist.'),
}).superRefine(checkValues, ALWAYS);

/** A label selector; an empty one covers everything. */
export const labelSelector = strict({
  matchLabels: labels.optional().describe('Labels that must be there with these values. Example: `{team: payments}`.'),
  matchExpressions: z.array(requirement).optional().describe('Requirements on labels; all of them must hold.'),
}).superRefine(checkContradictions, ALWAYS);
