/** What a policy in audit or warn mode would have changed: to decide whether it can be enforced. */
import type { Finding } from '../engine/finding.ts';
import type { Policy } from '../engine/policy-set.ts';
import type { AuditCount, AuditEntry, AuditPage } from '../store/terms.ts';
import { commonParams, type Asked } from './asked.ts';
import { nameOf } from './entries.ts';
import { href, type Params } from './href.ts';
import { html, type Html } from './html.ts';
import { PERIODS } from './period.ts';
import { table, type Column } from './table.ts';
import { count, num, timeTag } from './words.ts';

/** The newest requests that are looked into for workloads. */
export const EXAMPLES = 50;

/** A policy that changes nothing yet. */
export interface Waiting {
  readonly policy: Policy;
  /** Fields by rule. */
  readonly rules: readonly AuditCount[];
  /** Undefined where there is nothing to be asked, or too much. */
  readonly examples: AuditPage | undefined;
}

interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly fields: number;
  readonly newest: AuditEntry;
}

const fieldsIn = ({ passes }: AuditEntry, policy: string): readonly Finding[] =>
  passes.flatMap(({ findings }) =>
    findings.filter(({ outcome, policies }) => outcome === 'audited' && policies.includes(policy)),
  );

/** The workloads of some requests, the newest first. */
function workloadsIn(entries: readonly AuditEntry[], policy: string): Workload[] {
  const meant = entries.filter((entry) => fieldsIn(entry, policy).length > 0);
  return [...Map.groupBy(meant, (entry) => `${entry.passes[0]!.namespace}/${nameOf(entry)}`).values()].map((some) => ({
    namespace: some[0]!.passes[0]!.namespace,
    name: nameOf(some[0]!),
    fields: some.reduce((sum, entry) => sum + fieldsIn(entry, policy).length, 0),
    newest: some[0]!,
  }));
}

const COLUMNS: readonly Column<Workload>[] = [
  { heading: 'Workload', cell: ({ name }) => name },
  { heading: 'Namespace', cell: ({ namespace }) => namespace },
  { heading: 'Fields', kind: 'number', cell: ({ fields }) => num(fields) },
  {
    heading: 'Newest (UTC)',
    cell: ({ newest: { uid, time } }) => html`<a href="${href('record', { uid })}">${timeTag(time)}</a>`,
  },
];

const RULES: readonly Column<AuditCount>[] = [
  { heading: 'Rule', cell: ({ name }) => html`<code>${name}</code>` },
  { heading: 'Fields', kind: 'number', cell: ({ count: number }) => num(number) },
];

/** Nothing found in a short time is no reason to enforce. */
function nothingFound({ period, filter, params }: Asked): Html {
  const longer = period.name === 'all' ? undefined : period.name === '30d' ? 'all' : '30d';
  const where = filter.namespace === undefined ? '' : ` in namespace ${filter.namespace}`;
  const more =
    longer !== undefined &&
    html` <a href="${href('policies', { namespace: params['namespace'], period: longer })}"
      >And ${PERIODS[longer].words}?</a
    >`;
  return html`<p>
      Nothing would have changed${where} ${period.words}: by what was seen, enforcing it changes no pod.${more}
    </p>
    <p class="note">
      Only what was created in that time was seen. What runs longer is judged when it is created anew.
    </p>`;
}

function found({ policy: { name }, rules, examples }: Waiting, { period }: Asked, params: Params): Html {
  const fields = rules.reduce((sum, { count: number }) => sum + number, 0);
  const workloads = workloadsIn(examples?.entries ?? [], name);
  const isAll = examples !== undefined && examples.next === undefined;
  const within = isAll
    ? ` in ${count(workloads.length, 'workload')}`
    : examples && `; the newest ${EXAMPLES} requests were of ${count(workloads.length, 'workload')}`;
  return html`<p><strong>${count(fields, 'field')} would have changed</strong> ${period.words}${within}.</p>
    <div class="two">
      ${table({ caption: 'fields by rule', columns: RULES, rows: rules, isSlim: true })}
      ${table({ caption: isAll ? 'all workloads' : `workloads of the newest ${EXAMPLES} requests`, columns: COLUMNS, rows: workloads })}
    </div>
    <p class="more"><a href="${href('records', { ...params, policy: name, outcome: 'audited' })}">Each of them</a></p>
    <p class="note">
      Before enforcing, <code>dropcap explain -f FILE</code> says what may break in a manifest by it, and what to do
      instead.
    </p>`;
}

/** The section of one policy. */
export const wouldChange = (waiting: Waiting, asked: Asked): Html =>
  html`<section class="box">
    <h2>If ${waiting.policy.name} were enforced</h2>
    ${waiting.rules.length > 0 ? found(waiting, asked, commonParams(asked)) : nothingFound(asked)}
  </section>`;
