/** `dropcap harden`: its options. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { refuseArguments, withManifests, type ManifestOptions } from './manifest-options.ts';
import { demand, oneOf } from './options.ts';

export const OUTPUTS = ['yaml', 'json', 'patch', 'diff'] as const;

/** The options of `dropcap harden`, as commander reads them. */
export interface HardenOptions extends ManifestOptions {
  readonly output: (typeof OUTPUTS)[number];
}

const MORE = `
Output:
  yaml   the manifests; what is not changed stays as it was, comments and layout too
  json   one object, or a List of them
  patch  RFC 6902 patches, by file and document, counted from 0
  diff   a unified diff of the files; nothing where nothing changes

Examples:
  $ dropcap harden -f deploy.yaml
  $ dropcap harden -f manifests/ -o diff
  $ helm template . | dropcap harden -f - | kubectl apply -f -
  $ dropcap harden -f pod.yaml --policy compatible --policy ./my-policies -o patch

What cannot be read or decided about is named on stderr and left out of the output; the rest is done all the same.
Exit status: 0 done, 2 where something was left out, or where options or policies are wrong.`;

/** Adds the command to a program. */
export function hardenCommand(program: Command, context: Context): void {
  const command = program
    .command('harden')
    .summary('print manifests as the webhook would change them')
    .description('Hardens the pods and pod templates in manifests, with the same engine as the webhook.');
  withManifests(command)
    .option('-o, --output <format>', 'yaml, json, patch or diff', oneOf('--output', OUTPUTS), 'yaml')
    .addHelpText('after', MORE)
    .allowExcessArguments()
    .action(async (options: HardenOptions) => {
      refuseArguments(command.args);
      demand(command, ['filename']);
      const { runHarden } = await import('./harden-run.ts');
      await runHarden(options, context);
    });
}
