/** The JSON Schema of policy files, for editors. */
import * as z from 'zod';
import { documentSchema } from './schema.ts';

const ABOUT = {
  $id: 'https://dropcap.dev/v1alpha1/schema.json',
  title: 'dropcap policy file',
  description: 'A HardeningPolicy or a HardeningException: one document of a folder of policies.',
};

/**
 * The schema as draft-07, which editors' YAML support knows best. It takes everything that loading takes, and most of what
 * loading refuses it refuses too; what depends on several fields only loading can say.
 */
export function policyJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(documentSchema, { target: 'draft-7' });
  return { $schema, ...ABOUT, ...rest };
}

/** The text of `policies/schema.json`. */
export const policyJsonSchemaText = (): string => `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
