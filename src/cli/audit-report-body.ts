/** A tally as the contents of a Report, of bounded size. */
import { printable } from '../audit/printable.ts';
import { saidOf } from '../audit/words.ts';
import { isObjectName } from '../engine/names.ts';
import { WORKLOADS } from '../engine/template.ts';
import type { ReportBody } from '../kube/reports.ts';
import { lineageOf, RESULTS, type NamespaceTally, type ReportResult, type Tallied } from './audit-report-tally.ts';
import { count } from './say.ts';

/** Objects in etcd may have 1.5 MiB, and there is a report for each namespace. */
const MOST_RESULTS = 200;
const MOST_BYTES = 200_000;
/** For what is not a result: the object around them, and the line for the rest. */
const RESERVED_BYTES = 2_000;
const LONGEST_TEXT = 400;

const short = (text: string): string => printable(text.slice(0, LONGEST_TEXT));

/** `group/version` of the workloads that Kubernetes has itself. */
const VERSIONS = new Map([...WORKLOADS].map(([key, kind]) => [kind, key.slice(0, key.lastIndexOf('/'))]));

/** What the last call was about, where it has a name that is known. */
function resourceOf({ last }: Tallied, namespace: string): object[] {
  const { owner, kind = 'Pod', name } = last;
  const [of = '', called = ''] = owner?.split('/', 2) ?? [kind, name];
  if (!isObjectName(called)) return [];
  const apiVersion = of === 'Pod' ? 'v1' : VERSIONS.get(of);
  return [{ ...(apiVersion !== undefined && { apiVersion }), kind: short(of), namespace, name: called }];
}

const SAID: ReadonlySet<string> = new Set(['hardened', 'audited', 'exempt']);

/** What is done, or would be; of what cannot be, why. */
function messageOf({ findings, outcome }: Tallied): string {
  if (SAID.has(outcome)) return short(saidOf({ passes: [{ findings }] })[0]!.saying);
  const [{ reason } = { reason: '' }] = findings;
  const containers = [...new Set(findings.map(({ container }) => container))].filter((name) => name !== '').join(', ');
  return short(containers === '' ? reason : `${containers}: ${reason}`);
}

function resultOf(tallied: Tallied, result: ReportResult, namespace: string): object {
  const { policy, rule, outcome, calls, last, findings } = tallied;
  const time = Date.parse(last.time);
  const exemptBy = [...new Set(findings.flatMap((finding) => finding.exemptBy ?? []))].sort();
  return {
    policy,
    rule,
    result,
    scored: outcome !== 'audited',
    timestamp: { seconds: Math.floor(time / 1000), nanos: (time % 1000) * 1_000_000 },
    message: messageOf(tallied),
    resources: resourceOf(tallied, namespace),
    properties: {
      workload: short(lineageOf(last)),
      outcome,
      calls: String(calls),
      lastRecord: short(last.uid),
      ...(exemptBy.length > 0 && { exemptBy: short(exemptBy.join(', ')) }),
    },
  };
}

/** The most severe first, then those of the most calls. */
const ranked = ({ results }: NamespaceTally): (readonly [Tallied, ReportResult])[] =>
  RESULTS.flatMap((result) =>
    [...results[result]]
      .sort(([one, a], [other, b]) => b.calls - a.calls || (one < other ? -1 : 1))
      .map(([, tallied]) => [tallied, result] as const),
  );

/** One line in place of the results that have no room. */
function restOf(summary: NamespaceTally['summary'], shown: readonly ReportResult[]): object[] {
  const left = RESULTS.map((result) => ({
    result,
    number: summary[result] - shown.filter((one) => one === result).length,
  })).filter(({ number }) => number > 0);
  if (left.length === 0) return [];
  const number = left.reduce((sum, one) => sum + one.number, 0);
  const each = left.map((one) => `${one.number} ${one.result}`).join(', ');
  return [
    {
      policy: 'dropcap',
      result: left[0]!.result,
      scored: false,
      message: `${count(number, 'more result')} that the report has no room for: ${each}`,
      properties: { more: String(number) },
    },
  ];
}

/** The contents of a namespace's Report: at most 200 results and 200 KB; its summary counts all. */
export function reportBody(namespace: string, tally: NamespaceTally): ReportBody {
  const results: object[] = [];
  const shown: ReportResult[] = [];
  let bytes = RESERVED_BYTES;
  for (const [one, result] of ranked(tally)) {
    const made = resultOf(one, result, namespace);
    bytes += Buffer.byteLength(JSON.stringify(made));
    // One is left for the rest.
    if (results.length >= MOST_RESULTS - 1 || bytes > MOST_BYTES) break;
    results.push(made);
    shown.push(result);
  }
  const { pass, fail, warn, skip } = tally.summary;
  return {
    source: 'dropcap',
    scope: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    configuration: { limits: { maxResults: MOST_RESULTS } },
    summary: { pass, fail, warn, error: 0, skip },
    results: [...results, ...restOf(tally.summary, shown)],
  };
}
