/** `dropcap policy`: checking policies, and their JSON Schema. */
import type { Command } from 'commander';
import type { Context } from './context.ts';

const VALIDATE = `
Examples:
  $ dropcap policy validate ./my-policies
  $ dropcap policy validate restricted ./my-exceptions      together, as one set

Each error names file, line, column and field, what was found and what was expected.
Exit status: 0 all good, 2 not.`;

const SCHEMA = `
Example:
  $ dropcap policy schema > schema.json
  and in the first line of a policy: # yaml-language-server: $schema=schema.json

Exit status: 0 printed.`;

const EXAMPLES = `
Examples:
  $ dropcap policy validate ./my-policies
  $ dropcap policy schema > schema.json
  $ dropcap policy validate --help

Exit status: 0 all good, 2 where policies or options are wrong.`;

/** Adds the command to a program. */
export function policyCommand(program: Command, context: Context): void {
  const policy = program
    .command('policy')
    .summary('check policies, or print their schema')
    .description('Checks policies, and prints their schema.')
    .addHelpText('after', EXAMPLES);
  policy
    .command('validate')
    .summary('check all policies in folders')
    .description('Checks all policies in folders, and says everything that is wrong with them at once.')
    .argument('<dir|name...>', 'folders of policies, or restricted, compatible, baseline, exceptions')
    .addHelpText('after', VALIDATE)
    .action(async (names: string[]) => {
      const { validatePolicies } = await import('./policies.ts');
      validatePolicies(names, context);
    });
  policy
    .command('schema')
    .summary('print the JSON Schema of policies, for editors')
    .description('Prints the JSON Schema of policies and exceptions, for editors.')
    .addHelpText('after', SCHEMA)
    .action(async () => {
      const { policyJsonSchemaText } = await import('../policies/json-schema.ts');
      context.stdout.write(policyJsonSchemaText());
    });
}
