/** Namespaces by how they stand: what is left to do in each. */
import { choiceOf } from '../engine/did-you-mean.ts';
import type { Outcome } from '../engine/finding.ts';
import { WrongParameter } from '../store/filter-parameters.ts';
import type { NamespacePosture } from '../store/terms.ts';
import { commonParams, type Asked } from './asked.ts';
import { filterText, form, periodFields } from './form.ts';
import { href, type Href } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import type { Shown } from './layout.ts';
import { OUTCOMES } from './outcomes.ts';
import { timesOf } from './period.ts';
import { table, type Column } from './table.ts';
import type { Asking, PageView } from './view.ts';
import { num } from './words.ts';

/** Namespaces in one view. */
const MOST = 500;

type Weight = (posture: NamespacePosture) => number;

const of =
  (...outcomes: Outcome[]): Weight =>
  (posture) =>
    outcomes.reduce((sum, outcome) => sum + (posture.outcomes[outcome] ?? 0), 0);

/** By what to sort: each is a list of weights, of which the first that differs decides. */
const ORDERS = {
  open: { label: 'what is left to do', weights: [of('unresolved', 'missed'), of('audited'), of('exempt')] },
  exempt: { label: 'exempt', weights: [of('exempt'), ({ optOuts }) => optOuts] },
  audited: { label: 'audited', weights: [of('audited')] },
  hardened: { label: 'hardened', weights: [of('hardened')] },
  'opt-outs': { label: 'opt-outs', weights: [({ optOuts }) => optOuts] },
  records: { label: 'records', weights: [({ records }) => records] },
  name: { label: 'name', weights: [] },
} satisfies Readonly<Record<string, { label: string; weights: Weight[] }>>;

type Order = keyof typeof ORDERS;

function orderIn({ params: { sort = 'open' } }: Asked): Order {
  if (Object.hasOwn(ORDERS, sort)) return sort as Order;
  throw new WrongParameter(`sort: found ${sort}, expected ${choiceOf(Object.keys(ORDERS), sort)}`);
}

const sorted = (postures: readonly NamespacePosture[], weights: readonly Weight[]): NamespacePosture[] =>
  postures.toSorted((a, b) => {
    const difference = weights.map((weight) => weight(b) - weight(a)).find((one) => one !== 0);
    return difference ?? (a.namespace < b.namespace ? -1 : 1);
  });

function sortLinks(asked: Asked, order: Order): Html {
  const links = Object.entries(ORDERS).map(
    ([sort, { label }]) =>
      html`<a
        href="${href('namespaces', { ...commonParams(asked), sort })}"
        ${sort === order && html` aria-current="true"`}
        >${label}</a
      >`,
  );
  return html`<nav class="sort" aria-label="Order"><span class="muted">Sorted by</span>${links}</nav>`;
}

const linked = (number: number, to: Href): Part =>
  number === 0 ? html`<span class="zero">0</span>` : html`<a href="${to}">${num(number)}</a>`;

function columnsFor(asked: Asked): Column<NamespacePosture>[] {
  const to = (namespace: string, more = {}): Href => href('records', { ...commonParams(asked), namespace, ...more });
  const outcomes = (Object.keys(OUTCOMES) as Outcome[]).map((outcome): Column<NamespacePosture> => ({
    heading: outcome,
    kind: 'number',
    cell: ({ namespace, outcomes: found }) => linked(found[outcome] ?? 0, to(namespace, { outcome })),
  }));
  return [
    { heading: 'Namespace', cell: ({ namespace }) => namespace },
    { heading: 'Records', kind: 'number', cell: ({ namespace, records }) => linked(records, to(namespace)) },
    ...outcomes,
    {
      heading: 'Opt-outs',
      kind: 'number',
      cell: ({ namespace, optOuts }) => linked(optOuts, to(namespace, { 'opt-out': 'true' })),
    },
  ];
}

async function show({ asked, reader }: Asking): Promise<Shown> {
  const order = orderIn(asked);
  const { namespace } = asked.filter;
  const all = await reader.postures(timesOf(asked.period), MOST);
  const rows = sorted(
    all.filter((posture) => namespace === undefined || posture.namespace === namespace),
    ORDERS[order].weights,
  );
  const caption = html`records and opt-outs, and findings by outcome, by namespace ${asked.period.words}`;
  const listed = html`<section class="box">
    ${sortLinks(asked, order)} ${table({ caption, columns: columnsFor(asked), rows })}
    <p class="note">
      Unresolved and missed are left to do; audited would change if a policy were enforced; exempt is
      spared.${all.length === MOST && ` The ${num(MOST)} namespaces with the most findings are shown.`}
    </p>
  </section>`;
  const body = html`<h1>Namespaces</h1>
    <p class="lead">How namespaces stand ${asked.period.words}, in whole hours.</p>
    ${form('namespaces', asked, 'Period and namespace', [periodFields(asked), filterText(asked, 'namespace', 'Namespace')])}
    ${rows.length > 0 ? listed : html`<p class="box">No namespace has records ${asked.period.words}.</p>`}`;
  return { title: 'Namespaces', view: 'namespaces', body, params: commonParams(asked) };
}

/** Namespaces by posture. */
export const namespaces: PageView = { target: 'namespaces', terms: { fields: ['namespace'], others: ['sort'] }, show };
