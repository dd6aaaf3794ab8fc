/** Outcomes and results in words, each with how much it is to be noticed. */
import type { AdmissionStatus } from '../audit/admission-result.ts';
import type { Outcome } from '../engine/finding.ts';
import { html, type Html } from './html.ts';

/** How a word is coloured. No colour says anything that the word does not. */
export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'muted';

/** What became of a request; `pending` is what nothing is known of. */
export type Result = AdmissionStatus | 'pending';

interface Term {
  readonly tone: Tone;
  readonly meaning: string;
}

/** In the order in which they are shown. */
export const OUTCOMES: Readonly<Record<Outcome, Term>> = {
  hardened: { tone: 'accent', meaning: 'fields changed' },
  audited: { tone: 'muted', meaning: 'fields that only policies in audit or warn mode would change' },
  exempt: { tone: 'warn', meaning: 'fields spared by an exception or an opt-out' },
  unresolved: { tone: 'bad', meaning: 'fields that cannot be changed validly' },
  missed: { tone: 'bad', meaning: 'fields that the gate saw unchanged' },
  skipped: { tone: 'muted', meaning: 'pods not judged at all' },
};

/** In the order in which they are shown. */
export const RESULTS: Readonly<Record<Result, Term>> = {
  admitted: { tone: 'good', meaning: 'the pod is there as it was answered' },
  altered: { tone: 'bad', meaning: 'the pod is there, and something put back what was taken' },
  'not-admitted': { tone: 'muted', meaning: 'no such pod came of it' },
  unknown: { tone: 'muted', meaning: 'what became of it could not be seen' },
  pending: { tone: 'muted', meaning: 'nothing is known' },
};

/** `not admitted`. */
export const resultWord = (result: Result): string => result.replace('-', ' ');

/** A word on a tinted ground. */
export const badge = (word: string, tone: Tone): Html => html`<span class="badge is-${tone}">${word}</span>`;
