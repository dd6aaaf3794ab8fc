/** What whoever owns the pod can do now. */
import type { Outcome } from '../engine/finding.ts';
import type { AuditEntry } from '../store/terms.ts';
import { html, type Html, type Part } from './html.ts';

const STEPS: readonly (readonly [Outcome, Html])[] = [
  [
    'hardened',
    html`Does it fail since? <code>kubectl logs --previous POD | dropcap why -</code> tells whether a capability is
      missing, and what to do without it.`,
  ],
  [
    'audited',
    html`Nothing was changed. <code>dropcap explain -f FILE</code> says what may break once it is, and what to change
      before.`,
  ],
  [
    'exempt',
    html`Is it still needed? <code>dropcap explain -f FILE</code> says what the container would lose without.`,
  ],
  [
    'unresolved',
    html`A privileged container holds everything, whatever is dropped. Can it do without?
      <code>dropcap explain -f FILE</code>.`,
  ],
  [
    'missed',
    html`The object came past the webhook, or was changed after it: harden its manifest by
      <code>dropcap harden -f FILE</code>.`,
  ],
];

/** Hints for what was found; nothing where there are none. */
export function nextSteps({ passes, result }: AuditEntry): Part {
  const found = new Set(passes.flatMap(({ findings }) => findings.map(({ outcome }) => outcome)));
  const steps = STEPS.filter(([outcome]) => found.has(outcome)).map(([, step]) => html`<li>${step}</li>`);
  const altered =
    result?.status === 'altered' &&
    html`<li>
      Something changes the pod after dropcap. A webhook that is called later is the likeliest. A policy with
      <code>gate: {missed: enforce}</code> denies such pods.
    </li>`;
  if (steps.length === 0 && !altered) return undefined;
  return html`<section class="box">
    <h2>What to do now</h2>
    <ul>
      ${altered}${steps}
      <li>
        What it cannot do without, an administrator can spare for this container alone: ask for a
        <code>HardeningException</code> with a reason, an owner and an end.
        <code>dropcap explain -f FILE --suggest</code> writes it.
      </li>
    </ul>
  </section>`;
}
