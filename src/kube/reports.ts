/** Reports of a cluster (openreports.io/v1alpha1): read what we wrote, and written where it differs. */
import { createHash } from 'node:crypto';
import { ClusterFailure, refusal, type Answer, type Ask } from './api.ts';

const GROUP = 'openreports.io/v1alpha1';
const HASH = 'dropcap.dev/report-hash';
const LABEL = 'app.kubernetes.io/managed-by';
const PAGE = 20;

/** One report, without what only the cluster needs. */
export interface ReportBody {
  readonly source: string;
  readonly scope: object;
  readonly configuration: object;
  readonly summary: object;
  readonly results: readonly object[];
}

/** The Report of a namespace as it is applied, with a hash of its contents. Its name is `dropcap`. */
export function reportObject(namespace: string, body: ReportBody): object {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const metadata = { name: 'dropcap', namespace, labels: { [LABEL]: 'dropcap' }, annotations: { [HASH]: hash } };
  return { apiVersion: GROUP, kind: 'Report', metadata, ...body };
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface ReportList {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly { readonly metadata: Metadata }[];
}

const MISSING =
  `the cluster does not know ${GROUP}: its CustomResourceDefinitions are not installed ` +
  '(github.com/openreports/reports-api)';

async function page(ask: Ask, where: string, next: string): Promise<ReportList> {
  const query = new URLSearchParams({ labelSelector: `${LABEL}=dropcap`, limit: String(PAGE), continue: next });
  const answer = await ask('GET', `/apis/${GROUP}/${where}reports?${query.toString()}`);
  if (answer.status === 404) throw new ClusterFailure(MISSING);
  if (answer.status !== 200) throw refusal('Reports', answer);
  return answer.body as ReportList;
}

/**
 * The hashes of the reports that are there, by their namespaces; of one namespace where it is given. Rejects with a
 * `ClusterFailure`, which says so where the cluster knows no reports.
 */
export async function reportHashes(ask: Ask, namespace?: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const where = namespace === undefined ? '' : `namespaces/${namespace}/`;
  let next = '';
  do {
    const { metadata, items } = await page(ask, where, next);
    for (const { metadata: at } of items)
      if (at.name === 'dropcap') hashes.set(at.namespace, at.annotations?.[HASH] ?? '');
    next = metadata?.continue ?? '';
  } while (next !== '');
  return hashes;
}

/** What became of a report: written, not written for there is the same already, or its namespace is no longer there. */
export type Applied = 'written' | 'unchanged' | 'gone';

/** In a namespace that is being deleted nothing new is taken. */
const isEnding = ({ status, body }: Answer): boolean =>
  status === 403 && JSON.stringify(body).includes('because it is being terminated');

/** Writes a report, as `reportObject` made it, by server-side apply. Rejects with a `ClusterFailure` where it is refused. */
export async function applyReport(ask: Ask, report: object, hashes: ReadonlyMap<string, string>): Promise<Applied> {
  const { namespace, annotations } = (report as { metadata: Metadata }).metadata;
  if (hashes.get(namespace) === annotations?.[HASH]) return 'unchanged';
  const path = `/apis/${GROUP}/namespaces/${namespace}/reports/dropcap?fieldManager=dropcap&force=true`;
  const answer = await ask('PATCH', path, { type: 'application/apply-patch+yaml', body: report });
  if (answer.status === 404 || isEnding(answer)) return 'gone';
  if (answer.status !== 200 && answer.status !== 201) throw refusal(`Report ${namespace}/dropcap`, answer);
  return 'written';
}
