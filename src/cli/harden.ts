/** `dropcap harden`: its options. */
import type { Command } from 'commander';
import { BadInput, type Context } from './context.ts';
import { withManifests, type ManifestOptions } from './manifest-options.ts';
import { oneOf } from './options.ts';

const OUTPUTS = ['yaml', 'json', 'patch', 'diff'] as const;

/** The options of `dropcap harden`. */
export interface HardenOptions extends ManifestOptions {
  /** With `inPlace`, `diff` is the only form that is printed. */
  readonly output: (typeof OUTPUTS)[number];
  readonly inPlace?: boolean;
}

/** The options as commander reads them. */
interface Given extends HardenOptions {
  readonly diff?: boolean;
}

const MORE = `
Output:
  yaml   the manifests; what is not changed stays as it was, comments and layout too
  json   one object, or a List of them
  patch  RFC 6902 patches, by file and document, counted from 0
  diff   a unified diff of the files; nothing where nothing changes

In place:
  A file is replaced whole and at once, or not at all; a file without changes is not touched. Comments, order, layout and
  line endings stay. Permissions stay, and a symbolic link stays one; other hard links keep the old content. A document
  that could only be written anew, without its comments, is left as it is and named. To see first what would be
  written, without writing it, use --diff alone.

Examples:
  $ dropcap harden -f deploy.yaml
  $ dropcap harden -f manifests/ --diff
  $ dropcap harden -f manifests/ --in-place --diff
  $ helm template . | dropcap harden -f - | kubectl apply -f -
  $ dropcap harden -f pod.yaml --policy compatible --policy ./my-policies -o patch

What cannot be read or decided about is named on stderr and left out of the output, and in place left as it is; the rest
is done all the same.
Exit status: 0 done, 1 where a file could not be written, 2 where something was left out, or where options or policies
are wrong.`;

/** Settles the options that stand for each other. Throws `BadInput` for those that do not go together. */
function settle(command: Command, { diff, ...options }: Given): HardenOptions {
  const { output, inPlace, filename } = options;
  const asked = command.getOptionValueSource('output') === 'cli' ? output : 'diff';
  const other = inPlace ? '--in-place' : diff && '--diff';
  if (other && asked !== 'diff')
    throw new BadInput([`error: found -o ${asked} with ${other}, expected no -o, or -o diff`]);
  if (inPlace && filename.includes('-'))
    throw new BadInput(['error: found -f - with --in-place, expected files and folders: stdin is no file to write to']);
  return diff ? { ...options, output: 'diff' } : options;
}

/** Adds the command to a program. */
export function hardenCommand(program: Command, context: Context): void {
  const command = program
    .command('harden')
    .summary('print manifests as the webhook would change them, or change their files')
    .description('Hardens the pods and pod templates in manifests, with the same engine as the webhook.');
  withManifests(command)
    .option('-o, --output <format>', 'yaml, json, patch or diff', oneOf('--output', OUTPUTS), 'yaml')
    .option('--in-place', 'change the files, and print nothing')
    .option('--diff', 'print what changes as a unified diff; with --in-place before it is written, else as -o diff')
    .addHelpText('after', MORE)
    .action(async (options: Given) => {
      const settled = settle(command, options);
      const { runHarden } = await import('./harden-run.ts');
      await runHarden(settled, context);
    });
}
