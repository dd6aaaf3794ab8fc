/** The spec of a HardeningPolicy. */
import * as z from 'zod';
import { MODES } from '../engine/policy.ts';
import { capability, capabilityOrAll } from './capability-name.ts';
import { checkDemands } from './check-demands.ts';
import { ALWAYS } from './complaint.ts';
import { checkExclude } from './covers-all.ts';
import { gate } from './gate-terms.ts';
import { optOut } from './opt-out-terms.ts';
import { covered, notCovered } from './scope.ts';
import { strict } from './strict.ts';

const capabilities = strict({
  drop: z
    .array(capabilityOrAll)
    .optional()
    .describe('What every container must drop, usually `[ALL]`. As requiredDropCapabilities of a PodSecurityPolicy.'),
  allowedAdd: z
    .array(capabilityOrAll)
    .optional()
    .describe(
      "What may stay in a container's `add`; everything else is removed. `[]` allows none, `[ALL]` any. As allowedCapabilities of a PodSecurityPolicy. Example: `[NET_BIND_SERVICE]`.",
    ),
  defaultAdd: z
    .array(capability)
    .optional()
    .describe(
      'What a container gets back, inside allowedAdd, where dropping ALL takes it away and it held it before. As defaultAddCapabilities of a PodSecurityPolicy, but it never gives what was not there. Example: `[CHOWN, SETGID, SETUID]`.',
    ),
  dropWhenPrivileged: z
    .boolean()
    .optional()
    .describe(
      'Ask for the drop in privileged containers too? It has no effect there at run time, so the default is false.',
    ),
});

// Said twice, here for editors and in check-demands.ts: JSON Schema cannot say why.
const DROP_ALL_NEEDS_ALLOWED_ADD = {
  if: {
    required: ['capabilities'],
    properties: { capabilities: { required: ['drop'], properties: { drop: { contains: { const: 'ALL' } } } } },
    not: { required: ['level'] },
  },
  then: { properties: { capabilities: { required: ['allowedAdd'] } } },
};

/** What is asked, of whom, and how seriously. */
export const policySpec = strict({
  mode: z
    .enum(MODES)
    .describe(
      'enforce changes pods; audit only records what it would change; warn also tells the client. Begin with audit.',
    ),
  level: z
    .enum(['baseline', 'restricted'])
    .optional()
    .describe("Fills in the Pod Security Standards' own lists where the other fields say nothing."),
  match: covered,
  exclude: notCovered,
  capabilities: capabilities.optional().describe('What containers must drop, may add, and get back.'),
  allowPrivilegeEscalation: z
    .boolean()
    .optional()
    .describe(
      'false sets it to false in every container where that is valid, over an explicit true. true asks for nothing.',
    ),
  defaultAllowPrivilegeEscalation: z
    .literal(false)
    .optional()
    .describe(
      'false sets allowPrivilegeEscalation to false where the container says nothing, and respects an explicit true.',
    ),
  optOut: optOut.optional().describe('Whether, where and how the owners of pods may opt out by annotation.'),
  gate: gate
    .optional()
    .describe(
      'What the validating webhook does about pods that end up other than this policy enforces. Needs mode enforce.',
    ),
})
  .superRefine(checkDemands, ALWAYS)
  .superRefine(checkExclude, ALWAYS)
  .meta(DROP_ALL_NEEDS_ALLOWED_ADD);
