/** One request: who asked, what was found and changed, by which policies and why, and what became of it. */
import type { AuditRecord } from '../audit/record.ts';
import type { OptOutReport } from '../engine/exemption.ts';
import type { AuditEntry, AuditReader } from '../store/terms.ts';
import { WrongParameter } from '../store/filter-parameters.ts';
import { nameOf } from './entries.ts';
import { href, type Params } from './href.ts';
import { html, joined, type Html, type Part } from './html.ts';
import type { Shown } from './layout.ts';
import { badge, resultWord, RESULTS } from './outcomes.ts';
import { NotFound } from './problem.ts';
import { findingsOf, jsonOf, patchOf } from './record-findings.ts';
import { nextSteps } from './record-next.ts';
import { resultOf } from './record-result.ts';
import type { Asking, PageView } from './view.ts';
import { listed, timeTag } from './words.ts';

/** Uids that are looked at to see whether a beginning is that of one only. */
const FEW = 2;

const ALL_TIME: Params = { period: 'all' };

const policyLinks = (names: readonly string[]): Part =>
  joined(
    names.map((policy) => html`<a href="${href('records', { ...ALL_TIME, policy })}">${policy}</a>`),
    ', ',
  );

function optOutText({ rules, containers, reason, until, honouredBy, ignored }: OptOutReport): Html {
  const asked = `from ${listed(rules) || 'nothing'}${containers ? ` in ${listed(containers)}` : ''}`;
  const why = reason === '' ? 'no reason given' : `reason: ${reason}`;
  return html`${asked}; ${why}${until !== '' && `; until ${until}`}
  ${honouredBy.length > 0 && html`<br />${badge('honoured', 'warn')} by ${listed(honouredBy)}`}
  ${ignored.map(({ policy, why: because }) => html`<br />${badge('ignored', 'muted')}${policy !== '' && ` by ${policy}`}: ${because}`)}`;
}

function whatOf({ operation, subResource, kind, name, generateName }: AuditRecord): string {
  const named = name ?? (generateName === undefined ? 'without a name' : `${generateName}… (named later)`);
  return `${operation} of ${kind ?? 'Pod'}${subResource === undefined ? '' : `/${subResource}`} ${named}`;
}

type Fact = readonly [label: string, text: Part];

const facts = (pass: AuditRecord): Html => {
  const { namespace, owner, user, refused, gate, policies, optOut, exceptionsExpired = [] } = pass;
  const all: Fact[] = [
    ['When', html`${timeTag(Date.parse(pass.time))} UTC, in ${pass.durationMs} ms`],
    ['What', whatOf(pass)],
    ['Namespace', html`<a href="${href('records', { ...ALL_TIME, namespace })}">${namespace}</a>`],
    ['Owner', owner],
    ['Who', html`<a href="${href('records', { ...ALL_TIME, user })}">${user}</a>`],
    ['Denied', refused !== undefined && html`${badge('denied', 'bad')} ${refused}`],
    ['Gate', gate],
    ['Policies', policies.length > 0 && policyLinks(policies)],
    ['Opt-out', optOut && optOutText(optOut)],
    ['Ended', exceptionsExpired.length > 0 && `exceptions ${listed(exceptionsExpired)}`],
    ['Decided by', `${pass.instance}, dropcap ${pass.version}, policy set ${pass.policySet}`],
    ['Uid', html`<code>${pass.uid}</code>`],
  ];
  const given = all.filter(([, text]) => text !== undefined && text !== false);
  return html`<dl class="facts">
    ${given.map(
      ([label, text]) =>
        html`<dt>${label}</dt>
          <dd>${text}</dd>`,
    )}
  </dl>`;
};

const passOf = (pass: AuditRecord, title: string): Html =>
  html`<section class="box">
      <h2>${title}</h2>
      ${facts(pass)} ${patchOf(pass)}
    </section>
    ${findingsOf(pass)}`;

/** The record of a uid, or of the only one that begins so. */
async function entryOf(reader: AuditReader, uid: string): Promise<AuditEntry> {
  const entry = await reader.show(uid);
  if (entry) return entry;
  const [only, ...others] = await reader.uids(uid, FEW);
  if (others.length > 0)
    throw new WrongParameter(`uid: found ${uid}, with which several records begin, expected more of it`);
  const found = only === undefined ? undefined : await reader.show(only);
  if (!found) throw new NotFound(`No record has the uid ${uid}.`);
  return found;
}

async function show({ asked, reader }: Asking): Promise<Shown> {
  const { uid } = asked.params;
  if (uid === undefined) throw new WrongParameter('uid: found nothing, expected the uid of a record');
  const entry = await entryOf(reader, uid);
  const { passes, result } = entry;
  const first = passes[0]!;
  const title = `${nameOf(entry)} in ${first.namespace}`;
  const said = result && badge(resultWord(result.status), RESULTS[result.status].tone);
  const body = html`<h1>${title}</h1>
    <p class="lead">
      ${timeTag(entry.time)} UTC
      ${said}${passes.length > 1 && ` in ${passes.length} passes: another webhook changed the pod in between`} ·
      <a href="${href('record', { uid: entry.uid })}">Link to this record</a>
    </p>
    ${resultOf(result)} ${passes.map((pass, i) => passOf(pass, passes.length > 1 ? `Pass ${i + 1}` : 'The request'))}
    ${nextSteps(entry)}
    <section class="box">
      <h2>All of it</h2>
      ${jsonOf(entry)}
    </section>`;
  return { title, view: 'records', body };
}

/** One record. */
export const record: PageView = { target: 'record', terms: { fields: [], others: ['uid'] }, show };
