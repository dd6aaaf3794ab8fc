/** The options of commands that read manifests and decide about them. */
import type { Command } from 'commander';
import { collect, demand } from './options.ts';
import { quoted } from './try-shell.ts';

/** Which manifests, by which policies, in which namespaces; as commander reads them. */
export interface ManifestOptions {
  readonly filename: readonly string[];
  readonly policy?: readonly string[];
  readonly namespaces?: string;
}

// A shell makes `-f a.yaml b.yaml` of `-f *.yaml`, and programs that run others on files, such as pre-commit, name them last.
function takeArguments(command: Command): void {
  const { filename = [] } = command.opts<Partial<ManifestOptions>>();
  if (command.args.length > 0) command.setOptionValue('filename', [...filename, ...command.args]);
}

/** Adds these options to a command. Files that are named without `-f` count as those with it; there must be one. */
export const withManifests = (command: Command): Command =>
  command
    .usage('[-f] <file|dir|->... [options]')
    .allowExcessArguments()
    .hook('preAction', (_, chosen) => {
      takeArguments(chosen);
      demand(chosen, ['filename']);
    })
    .option(
      '-f, --filename <file|dir|->',
      'manifests: a file, a folder and what is below it, or - for stdin (required, repeatable)',
      collect,
    )
    .option(
      '--policy <dir|name>',
      'a folder of policies, or restricted, compatible, baseline, exceptions (repeatable; default: restricted)',
      collect,
    )
    .option('--namespaces <file>', 'Namespace objects with the labels that policies read');

const MOST_NAMED = 5;

/** These options as they would be typed again, in a command line that people can copy. Of many files, that there are more. */
export function typedAgain({ filename, policy = [], namespaces }: ManifestOptions): string {
  const files = filename.length > MOST_NAMED ? ['-f …'] : filename.map((name) => `-f ${quoted(name)}`);
  return [
    ...files,
    ...policy.map((name) => `--policy ${quoted(name)}`),
    ...(namespaces === undefined ? [] : [`--namespaces ${quoted(namespaces)}`]),
  ].join(' ');
}
