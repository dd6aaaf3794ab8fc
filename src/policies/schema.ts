/**
 * The one definition of policy files: it validates them, its types are the engine's, and the JSON Schema for editors is
 * made from it.
 */
import * as z from 'zod';
import { ALWAYS } from './complaint.ts';
import { exceptionSpec } from './exception-spec.ts';
import { checkKeys, labels } from './label-selector.ts';
import { objectName } from './names.ts';
import { policySpec } from './policy-spec.ts';
import { strict } from './strict.ts';

/** The only version of the format so far. */
export const API_VERSION = 'dropcap.dev/v1alpha1';

const apiVersion = z.literal(API_VERSION).describe('The version of the format.');

const metadata = strict({
  name: objectName.describe('The name, by which findings, records and exceptions refer to it. Example: `restricted`.'),
  labels: labels.optional().describe('Labels for your own tools. dropcap does not read them.'),
  annotations: z
    .record(z.string(), z.string())
    .superRefine(checkKeys, ALWAYS)
    .optional()
    .describe('Annotations for your own tools. dropcap does not read them.'),
}).describe('Who this is.');

/** `kind: HardeningPolicy`. */
export const policySchema = strict({
  apiVersion,
  kind: z.literal('HardeningPolicy').describe('Says what containers must be like.'),
  metadata,
  spec: policySpec.describe('What is asked, of whom, and how seriously.'),
});

/** `kind: HardeningException`. */
export const exceptionSchema = strict({
  apiVersion,
  kind: z.literal('HardeningException').describe('Spares some containers what a policy asks.'),
  metadata,
  spec: exceptionSpec.describe('Who is spared what, why, and who answers for it.'),
});

/** One document of a policy folder. */
export const documentSchema = z.discriminatedUnion('kind', [policySchema, exceptionSchema]);
