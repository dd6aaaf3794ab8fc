/** The field `optOut` of a policy. */
import * as z from 'zod';
import { RULES } from '../engine/policy.ts';
import { labelSelector } from './label-selector.ts';
import { namespaceGlob, serviceAccountGlob } from './names.ts';
import { some, strict } from './strict.ts';

/** Whether, where and how pod owners may opt out by annotation. */
export const optOut = strict({
  allowed: z
    .boolean()
    .optional()
    .describe('May pods opt out at all? Default true, within the limits of the other fields.'),
  namespaces: some(namespaceGlob).optional().describe('Only in these namespaces, as globs.'),
  namespaceSelector: labelSelector
    .optional()
    .describe(
      'Only in namespaces with these labels. Where neither this nor namespaces nor serviceAccounts is given, those labelled `dropcap.dev/allow-opt-out: "true"`.',
    ),
  serviceAccounts: some(serviceAccountGlob)
    .optional()
    .describe('Only for pods of these service accounts, as globs, `name` or `namespace/name`.'),
  rules: some(z.enum(RULES)).optional().describe('Only from these rules. Default: all three.'),
  requireReason: z
    .boolean()
    .optional()
    .describe('Must the pod say why, in `dropcap.dev/opt-out-reason`? Default true.'),
  maxDays: z
    .int()
    .min(1)
    .optional()
    .describe('The pod must then say until when, in `dropcap.dev/opt-out-until`, and at most so many days ahead.'),
});
