/** The field `gate` of a policy. */
import * as z from 'zod';
import { MODES } from '../engine/policy.ts';
import { strict } from './strict.ts';

const action = z.enum(MODES);

/** What the gate does about pods that, as they would be stored, are not as an enforcing policy wants them. */
export const gate = strict({
  missed: action
    .optional()
    .describe(
      'About what this policy would still change, such as a sidecar injected after the pod was hardened: enforce refuses the pod, warn tells the client and records it, audit only records it. Default audit.',
    ),
  unresolved: action
    .optional()
    .describe(
      'About what this policy asks and validly cannot be changed, such as the capabilities of a privileged container: enforce refuses the pod, warn tells the client and records it, audit only records it. Default: nothing, since it was recorded already.',
    ),
});
