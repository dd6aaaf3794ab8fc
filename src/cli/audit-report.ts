/** What `dropcap audit report` does. */
import { stringify } from 'yaml';
import { applyReport, reportHashes, reportObject, type Applied } from '../kube/reports.ts';
import { ClusterFailure, type Ask } from '../kube/api.ts';
import { moment } from '../store/filter-values.ts';
import type { AuditReader } from '../store/terms.ts';
import { visibleJson } from './audit-json.ts';
import { nothingFound } from './audit-list.ts';
import { withAuditStore } from './audit-open.ts';
import { filterOf } from './audit-options.ts';
import { reportBody } from './audit-report-body.ts';
import { NOTHING_TALLIED, tallied, type NamespaceTally } from './audit-report-tally.ts';
import type { ReportOptions } from './audit.ts';
import { openCluster } from './cluster.ts';
import { BadInput, type Context } from './context.ts';
import { count, say } from './say.ts';

/** How far back records are read where nobody says otherwise. */
const DEFAULT_SINCE = '30d';
const FAILED = 1;

/** Undefined where nothing is to be written. */
function clusterToWrite({ apply, kubeconfig }: ReportOptions, context: Context): Ask | undefined {
  if (!apply) {
    if (kubeconfig === undefined) return undefined;
    throw new BadInput(['error: --kubeconfig: found no --apply, which it is for']);
  }
  return openCluster(kubeconfig, context);
}

const reportOf = ([namespace, tally]: readonly [string, NamespaceTally]): object =>
  reportObject(namespace, reportBody(namespace, tally));

function print(reports: readonly object[], { output }: ReportOptions, { stdout }: Context): void {
  if (output === 'json') {
    stdout.write(`${visibleJson({ apiVersion: 'v1', kind: 'List', items: reports }, 2)}\n`);
    return;
  }
  // Anchors, which it makes of what occurs twice, are not for everybody to read.
  stdout.write(reports.map((report) => stringify(report, { aliasDuplicateObjects: false })).join('---\n'));
}

/** Writes what differs, and empties the reports of namespaces that have no records any more. */
async function apply(
  ask: Ask,
  tallies: ReadonlyMap<string, NamespaceTally>,
  { namespace }: ReportOptions,
  context: Context,
): Promise<void> {
  const hashes = await reportHashes(ask, namespace);
  const emptied = [...hashes.keys()].filter((name) => !tallies.has(name));
  const all = [...tallies, ...emptied.map((name) => [name, NOTHING_TALLIED] as const)];
  const counts: Record<Applied, number> = { written: 0, unchanged: 0, gone: 0 };
  for (const one of all) counts[await applyReport(ask, reportOf(one), hashes)]++;
  const { written, unchanged, gone } = counts;
  const missing = gone > 0 ? `, ${count(gone, 'namespace')} no longer there` : '';
  say(context, [`${count(written, 'report')} written, ${unchanged} unchanged${missing}`]);
}

async function report(
  store: AuditReader,
  options: ReportOptions,
  ask: Ask | undefined,
  context: Context,
): Promise<void> {
  const filter = filterOf({ ...options, since: options.since ?? moment(DEFAULT_SINCE) });
  const tallies = await tallied(store.records(filter));
  if (ask) await apply(ask, tallies, options, context);
  else {
    print([...tallies].map(reportOf), options, context);
    say(context, [tallies.size === 0 ? nothingFound(filter) : count(tallies.size, 'report')]);
  }
}

/** Prints a Report for each namespace, or writes them to a cluster. Ends with 1 where the cluster does not take them. */
export async function runReport(options: ReportOptions, context: Context): Promise<void> {
  const ask = clusterToWrite(options, context);
  await withAuditStore(options, context, async ({ store }) => {
    try {
      await report(store, options, ask, context);
    } catch (error) {
      if (!(error instanceof ClusterFailure)) throw error;
      say(context, [`error: ${error.message}`]);
      context.exit(FAILED);
    }
  });
}
