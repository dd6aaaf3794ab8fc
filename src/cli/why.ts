/** `dropcap why`: its options. */
import type { Command } from 'commander';
import { BadInput, type Context } from './context.ts';
import { oneOf } from './options.ts';

export const FORMATS = ['table', 'json', 'markdown'] as const;

/** The options of `dropcap why`, as commander reads them. */
export interface WhyOptions {
  readonly program?: string;
  readonly image?: string;
  readonly list?: true;
  readonly output: (typeof FORMATS)[number];
}

const MORE = `
Examples:
  $ dropcap why "bind() to 0.0.0.0:80 failed (13: Permission denied)"
  $ kubectl logs --previous web-0 | dropcap why -
  $ dropcap why --image redis:7 "failed switching to \\"redis\\": operation not permitted"
  $ dropcap why --program cron                     what is known of a program that says nothing
  $ dropcap why --list -o markdown > what-breaks.md

Answers what a line means, what the likely cause is, what to do without a capability, which are the least that mend it,
whether restricted and compatible let them through, how sure this is, and what the line cannot tell. Several causes are
ranked. Of a line its first 64 KiB are read, of stdin its first 10 MiB.
Exit status: 0 answered, 1 nothing known, 2 where the options are wrong.`;

/** What is wrong with options that have no meaning together, or undefined. */
function wrongWith(text: string | undefined, { list, program, image, output }: WhyOptions): string | undefined {
  const narrowed = program !== undefined || image !== undefined;
  if (text?.trim() === '') return 'found an empty text, expected a line of a log, or - for stdin';
  if (list) return text !== undefined || narrowed ? '--list: found it beside others, expected it alone' : undefined;
  if (output === 'markdown') return '--output: found markdown, expected table or json; markdown is for --list';
  return text === undefined && !narrowed ? 'found no text, expected a line of a log, or - for stdin' : undefined;
}

/** Adds the command to a program. */
export function whyCommand(program: Command, context: Context): void {
  program
    .command('why')
    .summary('tell from a log line what hardening broke, and what to do')
    .description('Tells from an error text what hardening broke, and what to do about it.')
    .argument('[text...]', 'a line of a log, or - for a whole log on stdin')
    .option('--program <name>', 'the program that wrote it, as in nginx; alone: what is known of it')
    .option('--image <image>', 'the image it runs in, as in redis:7; alone: what is known of it')
    .option('--list', 'all causes, their texts, kubectl debug, meshes, and all programs')
    .option('-o, --output <format>', 'table, json, or for --list markdown', oneOf('--output', FORMATS), 'table')
    .addHelpText('after', MORE)
    .action(async (words: string[], options: WhyOptions) => {
      const text = words.length === 0 ? undefined : words.join(' ');
      const wrong = wrongWith(text, options);
      if (wrong !== undefined) throw new BadInput([`error: ${wrong}`, '(add --help for the options)']);
      const { runWhy } = await import('./why-run.ts');
      await runWhy(text, options, context);
    });
}
