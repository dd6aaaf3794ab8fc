/** `dropcap audit`: its subcommands and their options. What they do is loaded only when they run. */
import type { Command } from 'commander';
import { AUDIT, EXPORT, LIST, REPORT, SHOW, STATS } from './audit-help.ts';
import { limit, withFilters, withRecent, withStore, type FilterOptions, type PlaceOptions } from './audit-options.ts';
import type { Context } from './context.ts';
import { demand, oneOf } from './options.ts';

const OUTPUTS = ['table', 'json', 'csv'] as const;
const EXPORTS = ['jsonl', 'csv'] as const;
const REPORTS = ['yaml', 'json'] as const;

/** The options of `dropcap audit list`, as commander reads them. */
export interface ListOptions extends FilterOptions {
  readonly output: (typeof OUTPUTS)[number];
  readonly limit: number;
  readonly after?: string;
  readonly follow?: true;
}

/** The options of `dropcap audit show`. */
export interface ShowOptions extends PlaceOptions {
  readonly output: (typeof OUTPUTS)[number];
}

/** The options of `dropcap audit stats`. */
export interface StatsOptions extends FilterOptions {
  readonly output: (typeof OUTPUTS)[number];
}

/** The options of `dropcap audit export`. */
export interface ExportOptions extends FilterOptions {
  readonly output: (typeof EXPORTS)[number];
}

/** The options of `dropcap audit report`. */
export interface ReportOptions extends FilterOptions {
  readonly output: (typeof REPORTS)[number];
  readonly apply?: true;
  readonly kubeconfig?: string;
}

const withOutput = (command: Command): Command =>
  command.option('-o, --output <format>', 'table, json or csv', oneOf('--output', OUTPUTS), 'table');

function listCommand(audit: Command, context: Context): void {
  const list = audit
    .command('list')
    .summary('list requests, the newest first')
    .description('Lists what was recorded of requests, the newest first.');
  withOutput(withFilters(list))
    .option('--limit <number>', 'at most so many', limit('--limit'), 50)
    .option('--after <next>', 'those after a list that ended with this')
    .option('--follow', 'print new ones as they come, until Ctrl-C')
    .addHelpText('after', LIST)
    .action(async (options: ListOptions) => {
      demand(list, ['auditStore']);
      const { runList } = await import('./audit-list.ts');
      await runList(options, context);
    });
}

function showCommand(audit: Command, context: Context): void {
  const show = audit
    .command('show')
    .summary('show all that is recorded of one request')
    .description(
      'Shows all that is recorded of one request: who, when, and each field before and after, with the reason.',
    )
    .argument('<uid>', 'uid of the request, or its beginning where no other begins so');
  withOutput(withStore(show))
    .addHelpText('after', SHOW)
    .action(async (uid: string, options: ShowOptions) => {
      demand(show, ['auditStore']);
      const { runShow } = await import('./audit-show.ts');
      await runShow(uid, options, context);
    });
}

function statsCommand(audit: Command, context: Context): void {
  const stats = audit
    .command('stats')
    .summary('count what was found: by outcome, policy, rule, capability, namespace and more')
    .description(
      'Counts what was found, by outcome, policy, rule, capability, exception and namespace, and records by result and hour.',
    );
  withOutput(withFilters(stats))
    .addHelpText('after', STATS)
    .action(async (options: StatsOptions) => {
      demand(stats, ['auditStore']);
      const { runStats } = await import('./audit-stats.ts');
      await runStats(options, context);
    });
}

function exportCommand(audit: Command, context: Context): void {
  const command = audit
    .command('export')
    .summary('print all records, the oldest first')
    .description('Prints all records, the oldest first, for other programs.');
  withFilters(command)
    .option('-o, --output <format>', 'jsonl or csv', oneOf('--output', EXPORTS), 'jsonl')
    .addHelpText('after', EXPORT)
    .action(async (options: ExportOptions) => {
      demand(command, ['auditStore']);
      const { runExport } = await import('./audit-export.ts');
      await runExport(options, context);
    });
}

function reportCommand(audit: Command, context: Context): void {
  const report = audit
    .command('report')
    .summary('print or write OpenReports of each namespace')
    .description('Adds records up to a Report (openreports.io/v1alpha1) for each namespace, and prints or writes it.');
  withRecent(report)
    .option('-o, --output <format>', 'yaml or json', oneOf('--output', REPORTS), 'yaml')
    .option('--apply', 'write what differs to a cluster, by server-side apply')
    .option('--kubeconfig <file>', 'the cluster (in a pod: its own)')
    .addHelpText('after', REPORT)
    .action(async (options: ReportOptions) => {
      demand(report, ['auditStore']);
      const { runReport } = await import('./audit-report.ts');
      await runReport(options, context);
    });
}

/** Adds the command to a program. */
export function auditCommand(program: Command, context: Context): void {
  const audit = program
    .command('audit')
    .summary('look at what was recorded: list, show, count, export, report')
    .description('Looks at the records of a webhook that runs with --audit-store, or ran.')
    .addHelpText('after', AUDIT);
  listCommand(audit, context);
  showCommand(audit, context);
  statsCommand(audit, context);
  exportCommand(audit, context);
  reportCommand(audit, context);
}
