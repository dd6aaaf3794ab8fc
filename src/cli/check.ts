/** `dropcap check`: its options. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { withManifests, type ManifestOptions } from './manifest-options.ts';
import { oneOf } from './options.ts';

const OUTPUTS = ['table', 'json', 'sarif', 'junit', 'github'] as const;
const FAIL_ON = ['change', 'unresolved', 'none'] as const;

/** Which findings make the command end with 1; `change` takes in `unresolved`. */
export type FailOn = (typeof FAIL_ON)[number];

/** The options of `dropcap check`, as commander reads them. */
export interface CheckOptions extends ManifestOptions {
  readonly output: (typeof OUTPUTS)[number];
  readonly failOn: FailOn;
}

const MORE = `
Output:
  table   on a terminal a table, by file, workload and container; in a pipe a line for each finding
  json    all findings, for programs
  sarif   SARIF 2.1.0, for code scanning
  junit   JUnit XML, a test for each workload
  github  annotations of GitHub Actions, which shows ten of each kind for a step

Each field of securityContext has one rule, which has its name: capabilities.drop, capabilities.add and
allowPrivilegeEscalation. What is missing is found at the line of its container.

Fail on:
  change      what the policies would change, and what they ask and cannot have
  unresolved  only what they ask and cannot have, such as dropping capabilities of a privileged container
  none        nothing
What policies in audit or warn mode ask is shown, and never fails.

Examples:
  $ dropcap check -f deploy.yaml
  $ dropcap check -f manifests/ --policy compatible --fail-on unresolved
  $ helm template . | dropcap check -f -
  $ dropcap check -f manifests/ -o sarif > dropcap.sarif

What cannot be read or decided about is named on stderr; the rest is done all the same.
Exit status: 0 nothing to do, 1 something is found that --fail-on names, 2 where something could not be read or decided
about, or where options or policies are wrong.`;

/** Adds the command to a program. */
export function checkCommand(program: Command, context: Context): void {
  const command = program
    .command('check')
    .summary('list what the webhook would change in manifests, and fail if it would')
    .description('Lists what policies ask of the pods and pod templates in manifests, and changes nothing.');
  withManifests(command)
    .option('-o, --output <format>', 'table, json, sarif, junit or github', oneOf('--output', OUTPUTS), 'table')
    .option('--fail-on <what>', 'change, unresolved or none', oneOf('--fail-on', FAIL_ON), 'change')
    .addHelpText('after', MORE)
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./check-run.ts');
      await runCheck(options, context);
    });
}
