/** `dropcap version`: its options. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { oneOf } from './options.ts';

const OUTPUTS = ['text', 'json'] as const;

/** The options of `dropcap version`, as commander reads them. */
export interface VersionOptions {
  readonly output: (typeof OUTPUTS)[number];
}

const MORE = `
Examples:
  $ dropcap version
  $ dropcap version -o json

The commit is there where the build was told it. dropcap --version prints the version alone.
Exit status: 0 printed, 2 where the options are wrong.`;

/** Adds the command to a program. */
export function versionCommand(program: Command, context: Context): void {
  program
    .command('version')
    .summary('print the version, and what it was built from and runs on')
    .description('Prints the version of dropcap and of its policies, and what it was built from and runs on.')
    .option('-o, --output <format>', 'text or json', oneOf('--output', OUTPUTS), 'text')
    .addHelpText('after', MORE)
    .action(async ({ output }: VersionOptions) => {
      const { versionText } = await import('./version-text.ts');
      context.stdout.write(versionText(output, context.version));
    });
}
