/** `dropcap capabilities`: its options. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { oneOf } from './options.ts';

const OUTPUTS = ['table', 'json', 'markdown'] as const;

/** The options of `dropcap capabilities`, as commander reads them. */
export interface CapabilitiesOptions {
  readonly output: (typeof OUTPUTS)[number];
  readonly pid?: string;
}

const MORE = `
Names are read in any case, with or without CAP_, and lists with commas too; ALL stands for every one.
A mask is what /proc/PID/status shows: eight or more hexadecimal digits, or fewer after 0x.

Output:
  table     one capability in full, or a table with a line for each
  json      the same and all that is known of each, for programs
  markdown  a page about them

Examples:
  $ dropcap capabilities                          all 41, with who gives and who allows them
  $ dropcap capabilities NET_RAW                  what it allows, how it is abused, what to use instead
  $ dropcap capabilities cap_chown,cap_setuid     the mask of several, and each in full
  $ dropcap capabilities 00000000a80425fb         which capabilities a mask holds
  $ dropcap capabilities --pid 1                  what a process on this machine holds, and can gain
  $ kubectl exec my-pod -- cat /proc/1/status | grep CapEff

Exit status: 0 done, 2 where a name, a mask or a process is not there.`;

/** Adds the command to a program. */
export function capabilitiesCommand(program: Command, context: Context): void {
  program
    .command('capabilities')
    .summary('say what a capability allows, or what a mask or a process holds')
    .description('Says what Linux capabilities allow, who gives them by default, and what to use instead.')
    .argument('[name|mask...]', 'capabilities, or one mask (default: all capabilities)')
    .option('--pid <number>', 'explain the process with this number, from its /proc/PID/status')
    .option('-o, --output <format>', 'table, json or markdown', oneOf('--output', OUTPUTS), 'table')
    .addHelpText('after', MORE)
    .action(async (words: string[], options: CapabilitiesOptions) => {
      const { runCapabilities } = await import('./capabilities-run.ts');
      runCapabilities(words, options, context);
    });
}
