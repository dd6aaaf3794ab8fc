/** `dropcap explain`: its options. */
import type { Command } from 'commander';
import { BadInput, type Context } from './context.ts';
import { withManifests, type ManifestOptions } from './manifest-options.ts';
import { oneOf } from './options.ts';
import { refuseWithoutSuggest, withSuggest, type SuggestOptions } from './suggest-options.ts';

const OUTPUTS = ['table', 'json'] as const;

/** Programs that run an image on this machine. */
export const ENGINES = ['docker', 'podman', 'nerdctl'] as const;
export type ContainerEngine = (typeof ENGINES)[number];

/** The options of `dropcap explain`, as commander reads them. */
export interface ExplainOptions extends ManifestOptions, SuggestOptions {
  readonly container?: string;
  readonly output: (typeof OUTPUTS)[number];
  readonly try?: ContainerEngine;
}

const MORE = `
For each container:
  what goes          the capabilities that hardening takes, in a line, and what is likely to break by it
  at run time        its sets as /proc/PID/status shows them, now and hardened, on containerd; where other runtimes differ
  fields             what becomes of each field, and why; which policies, exceptions and opt-outs decide
  what may break     how sure it is, what in the manifest speaks for it, what to do instead, what cannot be known

Nothing is run, and the image is not looked into. What a program needs is told from what was seen of others like it.

Try:
  prints for each container a line of shell that runs its image on this machine with the capabilities, the user and the
  flags that it would have in the cluster after hardening. Environment variables are named, never their values.

Examples:
  $ dropcap explain -f deploy.yaml
  $ dropcap explain -f deploy.yaml --container web --try docker
  $ dropcap explain -f deploy.yaml --suggest > exception.yaml
  $ kubectl get deploy web -o yaml | dropcap explain -f - --policy compatible
  $ dropcap explain -f manifests/ -o json

What cannot be read or decided about is named on stderr; the rest is done all the same.
Exit status: 0 explained, 2 where something could not be read or decided about, or where options or policies are wrong.`;

function refuseTogether(command: Command, { try: engine, suggest }: ExplainOptions): void {
  const form = suggest ? '--suggest' : engine === undefined ? undefined : '--try';
  const isJson = command.getOptionValueSource('output') === 'cli';
  const other = suggest && engine !== undefined ? '--try' : isJson ? '-o' : undefined;
  if (form && other) throw new BadInput([`error: ${form}: found it beside ${other}, expected one of the two`]);
}

/** Adds the command to a program. */
export function explainCommand(program: Command, context: Context): void {
  const command = program
    .command('explain')
    .summary('tell what each container loses, why, and what may break')
    .description('Tells of each container in manifests what it loses when it is hardened, why, and what may break.');
  withSuggest(
    withManifests(command)
      .option('--container <name>', 'only containers of this name')
      .option('-o, --output <format>', 'table or json', oneOf('--output', OUTPUTS), 'table')
      .option('--try <program>', 'print how to run it here: docker, podman or nerdctl', oneOf('--try', ENGINES)),
  )
    .addHelpText('after', MORE)
    .action(async (options: ExplainOptions) => {
      refuseWithoutSuggest(options);
      refuseTogether(command, options);
      const { runExplain } = await import('./explain-run.ts');
      await runExplain(options, context);
    });
}
