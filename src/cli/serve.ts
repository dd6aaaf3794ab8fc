/** `dropcap serve`: its options. What it does is loaded only when it runs, so that other commands start fast. */
import { Option, type Command } from 'commander';
import type { AuditFailure } from '../audit/journal-trail.ts';
import type { LogFormat, LogLevel } from '../server/log.ts';
import type { Context } from './context.ts';
import { address, collect, demand, oneOf, port, seconds } from './options.ts';
import { amount, span } from './quantities.ts';

/** The options of `dropcap serve`, as commander reads them. */
export interface ServeOptions {
  readonly policy: readonly string[];
  readonly tlsCertFile: string;
  readonly tlsPrivateKeyFile: string;
  readonly clientCaFile?: string;
  readonly port: number;
  readonly adminAddress: { readonly host: string; readonly port: number };
  readonly kubeconfig?: string;
  readonly namespaces?: string;
  readonly auditLog?: string;
  readonly auditStore?: string;
  readonly auditJournal?: string;
  readonly auditFailure: AuditFailure;
  readonly auditMaxAge?: number;
  readonly auditMaxSize?: number;
  readonly watchPods?: boolean;
  readonly events?: boolean;
  readonly annotate: boolean;
  readonly drainSeconds: number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

// Not imported from the log itself: that would load winston for the help of every command.
const LOG_FORMATS: readonly LogFormat[] = ['auto', 'text', 'json'];
const LOG_LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

const EXAMPLE = `
Example:
  $ dropcap serve --policy restricted --policy ./policies --namespaces namespaces.yaml \\
      --tls-cert-file tls.crt --tls-private-key-file tls.key

Reviews go to POST /mutate on the HTTPS port; /healthz, /readyz and /metrics are on the admin address.
Audit records are JSON lines on stdout, the operational log is on stderr.
Exit status: 0 ended by SIGTERM or SIGINT, 1 did not end in order, 2 could not start.`;

const AUDIT_FAILURES: readonly AuditFailure[] = ['best-effort', 'required'];

/** Where audit records go. */
const withAudit = (command: Command): Command =>
  command
    .option('--audit-log <file>', 'write audit records to this file, rotated by size, instead of stdout')
    .option(
      '--audit-store <file|url>',
      'keep audit records in this SQLite file or postgres:// database, too: on disk before the answer leaves',
    )
    .option('--audit-journal <dir>', 'where records wait for a postgres:// store, on a disk of this machine')
    .option(
      '--audit-failure <what>',
      'where the store fails: best-effort (answer, count the loss) or required (fail the request)',
      oneOf('--audit-failure', AUDIT_FAILURES),
      'best-effort',
    )
    .option('--audit-max-age <span>', 'remove records of the store that are older, as in 90d', span('--audit-max-age'))
    .option('--audit-max-size <amount>', 'remove the oldest where it is larger, as in 10Gi', amount('--audit-max-size'))
    .option('--watch-pods', 'record in the store what became of each pod: admitted, altered or not admitted')
    .option('--events', 'write an Event for the owner of a pod in which something was changed or had to be left');

/** Where it listens, and where it reads the labels of namespaces. */
const withAddresses = (command: Command): Command =>
  command
    .option('--port <port>', 'HTTPS port', port('--port'), 8443)
    .addOption(
      new Option('--admin-address <host:port>', 'plain port for checks and metrics')
        .argParser(address('--admin-address'))
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .addOption(
      new Option(
        '--kubeconfig <file>',
        'cluster to read namespace labels from (in a pod: its service account)',
      ).conflicts('namespaces'),
    )
    .option('--namespaces <file>', 'Namespace objects to read labels from instead of a cluster');

/** Adds the command to a program. */
export function serveCommand(program: Command, context: Context): void {
  const command = program
    .command('serve')
    .summary('answer admission reviews over HTTPS')
    .description('Runs the mutating admission webhook.')
    .option(
      '--policy <dir|name>',
      'a folder of policies, or restricted, compatible, baseline, exceptions (required, repeatable)',
      collect,
    )
    .option('--tls-cert-file <file>', 'certificate chain, PEM; read again when it changes (required)')
    .option('--tls-private-key-file <file>', 'its private key, PEM (required)')
    .option('--client-ca-file <file>', 'ask clients for a certificate of this authority');
  withAudit(withAddresses(command))
    .option('--no-annotate', 'do not write the annotation dropcap.dev/hardened on changed pods')
    .option('--drain-seconds <seconds>', 'go on answering this long after SIGTERM', seconds('--drain-seconds'), 5)
    .option(
      '--log-format <format>',
      'auto (text on a terminal), text or json',
      oneOf('--log-format', LOG_FORMATS),
      'auto',
    )
    .option('--log-level <level>', 'error, warn, info or debug', oneOf('--log-level', LOG_LEVELS), 'info')
    .addHelpText('after', EXAMPLE)
    .action(async (options: ServeOptions) => {
      demand(command, ['policy', 'tlsCertFile', 'tlsPrivateKeyFile']);
      const { runServer } = await import('./serve-run.ts');
      await runServer(options, context);
    });
}
