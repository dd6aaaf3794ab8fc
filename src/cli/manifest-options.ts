/** The options of commands that read manifests and decide about them. */
import type { Command } from 'commander';
import { BadInput } from './context.ts';
import { collect } from './options.ts';

/** Which manifests, by which policies, in which namespaces; as commander reads them. */
export interface ManifestOptions {
  readonly filename: readonly string[];
  readonly policy?: readonly string[];
  readonly namespaces?: string;
}

/** Adds these options to a command. */
export const withManifests = (command: Command): Command =>
  command
    .usage('-f <file|dir|-> [options]')
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

/** A shell makes `-f a.yaml b.yaml` of `-f *.yaml`, and not everybody thinks of -f. */
export function refuseArguments([first]: readonly string[]): void {
  if (first === undefined) return;
  throw new BadInput([
    `error: found ${first}, expected an option: each file or folder needs its own -f, as in -f ${first}`,
    '(-f takes folders, too; add --help for the options)',
  ]);
}
