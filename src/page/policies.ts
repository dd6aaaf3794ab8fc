/** The policies in force, and what those that change nothing yet would change: whether one can enforce them. */
import type { Policy, PolicySet } from '../engine/policy-set.ts';
import type { AuditCount, AuditStats } from '../store/terms.ts';
import { commonParams, type Asked } from './asked.ts';
import { filterText, form, periodFields } from './form.ts';
import { href, type Params } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import type { Shown } from './layout.ts';
import { badge } from './outcomes.ts';
import { demandWords, gateWords, matchWords, MODE_WORDS } from './policy-words.ts';
import { table, type Column } from './table.ts';
import type { Asking, PageView } from './view.ts';
import { num } from './words.ts';
import { EXAMPLES, wouldChange, type Waiting } from './would-change.ts';

/** Policies in audit or warn mode of which examples are asked for at once. */
const MOST_ASKED = 10;

/** The word before the first slash is the policy: neither names nor rules hold one. */
function changesOf(policy: string, { wouldChange: counts }: AuditStats): AuditCount[] {
  return counts
    .filter(({ name }) => name.startsWith(`${policy}/`))
    .map(({ name, count }) => ({ name: name.slice(policy.length + 1), count }));
}

async function waitingOf(
  policy: Policy,
  rules: readonly AuditCount[],
  isAsked: boolean,
  asking: Asking,
): Promise<Waiting> {
  const { reader, asked } = asking;
  const filter = { ...asked.filter, policy: policy.name, outcome: 'audited' };
  const examples = isAsked && rules.length > 0 ? await reader.list(filter, EXAMPLES) : undefined;
  return { policy, rules, examples };
}

function policyTable(set: PolicySet, { policies }: AuditStats, params: Params): Html {
  const found = new Map(policies.map(({ name, count }) => [name, count]));
  const columns: Column<Policy>[] = [
    {
      heading: 'Policy',
      cell: ({ name }) => html`<a href="${href('records', { ...params, policy: name })}">${name}</a>`,
    },
    {
      heading: 'Mode',
      cell: ({ mode }) => html`${badge(mode, mode === 'enforce' ? 'accent' : 'warn')} ${MODE_WORDS[mode]}`,
    },
    { heading: 'Asks', kind: 'wide', cell: demandWords },
    {
      heading: 'Covers',
      cell: ({ match, excludes }) => html`${matchWords(match)}${excludes !== undefined && ', with exclusions'}`,
    },
    { heading: 'Gate', cell: (policy) => gateWords(set, policy) },
    { heading: 'Findings', kind: 'number', cell: ({ name }) => num(found.get(name) ?? 0) },
  ];
  return table({ caption: 'policies in force', columns, rows: set.policies });
}

const fields = (asked: Asked, { namespaces }: AuditStats): Part => [
  periodFields(asked),
  filterText(
    asked,
    'namespace',
    'Namespace',
    namespaces.slice(0, 100).map(({ name }) => name),
  ),
];

async function show(asking: Asking): Promise<Shown> {
  const { asked, reader, set } = asking;
  const params = commonParams(asked);
  const stats = await reader.stats(asked.filter);
  const notEnforced = set.policies.filter(({ mode }) => mode !== 'enforce');
  const changing = notEnforced.filter(({ name }) => changesOf(name, stats).length > 0).slice(0, MOST_ASKED);
  const waiting = await Promise.all(
    notEnforced.map((policy) => waitingOf(policy, changesOf(policy.name, stats), changing.includes(policy), asking)),
  );
  const body = html`<h1>Policies</h1>
    <p class="lead">
      What is in force now, and what the policies that change nothing yet would have changed ${asked.period.words}.
    </p>
    ${form('policies', asked, 'Period and namespace', fields(asked, stats))}
    <section class="box">
      <h2>In force</h2>
      ${set.policies.length > 0 ? policyTable(set, stats, params) : html`<p>No policy is in force: nothing is changed.</p>`}
    </section>
    ${waiting.length > 0 ? waiting.map((one) => wouldChange(one, asked)) : html`<p class="muted">No policy is in audit or warn mode.</p>`}`;
  return { title: 'Policies', view: 'policies', body, params };
}

/** The policies. */
export const policies: PageView = { target: 'policies', terms: { fields: ['namespace'], others: [] }, show };
