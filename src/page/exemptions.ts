/** What is spared, by whom, why and until when: exceptions that an administrator wrote, and opt-outs that pods asked for. */
import type { Exception, PolicySet } from '../engine/policy-set.ts';
import { commonParams } from './asked.ts';
import { exceptionTable, type Used } from './exception-table.ts';
import { filterText, form, periodFields } from './form.ts';
import { html, type Html } from './html.ts';
import type { Shown } from './layout.ts';
import { optOutTable, OPT_OUTS } from './opt-outs.ts';
import type { Asking, PageView } from './view.ts';
import { num } from './words.ts';

/** Exceptions of which the last use is asked. */
const MOST = 100;

async function usedOf(exception: Exception, uses: number, isAsked: boolean, { reader }: Asking): Promise<Used> {
  return { exception, uses, lastUse: isAsked ? await reader.lastUse(exception.name) : undefined, isAsked };
}

/** What was used first, then by name: what spares nothing stands together at the end. */
const order = (a: Used, b: Used): number => b.uses - a.uses || (a.exception.name < b.exception.name ? -1 : 1);

async function exceptionsOf(asking: Asking): Promise<Used[]> {
  const { asked, reader, set } = asking;
  const { exceptions } = await reader.stats(asked.filter);
  const uses = new Map(exceptions.map(({ name, count }) => [name.replace(/^exception\//, ''), count]));
  const used = set.exceptions.map((exception, i) => usedOf(exception, uses.get(exception.name) ?? 0, i < MOST, asking));
  return (await Promise.all(used)).sort(order);
}

function removed(set: PolicySet): Html {
  return set.exceptions.length === 0
    ? html`<p class="muted">No exception is in force.</p>`
    : html`<p class="note">
        “Spared” counts fields. What is neither needed nor used is best removed: an exception is a way around a
        policy.${set.exceptions.length > MOST && ` The last use is shown of ${num(MOST)} exceptions.`}
      </p>`;
}

async function show(asking: Asking): Promise<Shown> {
  const { asked, reader, set, now } = asking;
  const params = commonParams(asked);
  const [used, optOuts] = await Promise.all([
    exceptionsOf(asking),
    reader.list({ ...asked.filter, optOut: true }, OPT_OUTS),
  ]);
  const body = html`<h1>Exemptions</h1>
    <p class="lead">
      What is spared from the policies, by whom and why, and what it was used for ${asked.period.words}.
    </p>
    ${form('exemptions', asked, 'Period and namespace', [periodFields(asked), filterText(asked, 'namespace', 'Namespace')])}
    <section class="box">
      <h2>Exceptions in force</h2>
      ${exceptionTable(used, asked, now)}${removed(set)}
    </section>
    <section class="box">
      <h2>Opt-outs that pods asked for</h2>
      ${optOutTable(optOuts, asked)}
    </section>`;
  return { title: 'Exemptions', view: 'exemptions', body, params };
}

/** The exemptions. */
export const exemptions: PageView = { target: 'exemptions', terms: { fields: ['namespace'], others: [] }, show };
