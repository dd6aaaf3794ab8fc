/**
 * Opting out by annotation: what a pod asks for, and whether a policy grants it. Authority rests on the namespace or the
 * service account, never on the user of the request, who for most pods is a controller.
 */
import { didYouMean } from './did-you-mean.ts';
import { anyGlobMatches } from './glob.ts';
import { serviceAccountMatches, type Subject } from './match.ts';
import { RULES, type OptOutTerms, type RuleName } from './policy.ts';
import { list } from './rule.ts';
import { meets, requirementsOf, type Labels, type LabelSelector } from './selector.ts';

/** The annotations that pods may carry. What dropcap writes is not among them: it never reads its own output. */
export const OPT_OUT = 'dropcap.dev/opt-out';
const CONTAINERS = `${OPT_OUT}-containers`;
const REASON = `${OPT_OUT}-reason`;
const UNTIL = `${OPT_OUT}-until`;

/** The label by which an administrator allows opting out in a namespace, where a policy does not say otherwise. */
export const DEFAULT_SELECTOR: LabelSelector = { matchLabels: { 'dropcap.dev/allow-opt-out': 'true' } };

/** What a pod's annotations ask for. */
export interface OptOutRequest {
  readonly rules: readonly RuleName[];
  /** Names of containers; undefined: all of them. */
  readonly containers: readonly string[] | undefined;
  readonly reason: string;
  /** The last day, `YYYY-MM-DD`; empty: no end. */
  readonly until: string;
  /** What is wrong with the annotations themselves, in a sentence. Empty where they can be read. */
  readonly problem: string;
}

const words = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .slice(0, 100)
    .map((word) => word.slice(0, 100));

/** Is this `YYYY-MM-DD`, and a day that exists? */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

const isRule = (word: string): word is RuleName => (RULES as readonly string[]).includes(word);

function problemWith(asked: readonly string[], until: string): string {
  if (asked.length === 0) return `${OPT_OUT} is empty: "true" or a list of rules was expected`;
  const unknown = asked.find((word) => !isRule(word));
  if (unknown !== undefined) {
    const meant = didYouMean(unknown, RULES);
    return `${OPT_OUT} is neither "true" nor a list of rules: ${list([unknown])}${meant ? `, did you mean ${meant}?` : ''}`;
  }
  return until === '' || isDate(until) ? '' : `${UNTIL} is no date: ${list([until])}, expected YYYY-MM-DD`;
}

/** Reads a pod's opt-out. Undefined where it asks for none. */
export function optOutOf(annotations: Labels): OptOutRequest | undefined {
  const value = annotations[OPT_OUT]?.trim();
  if (value === undefined || value === 'false') return undefined;
  const asked = value === 'true' ? [...RULES] : words(value);
  const { [CONTAINERS]: containers, [REASON]: reason = '', [UNTIL]: until = '' } = annotations;
  return {
    rules: asked.filter(isRule),
    containers: containers === undefined ? undefined : words(containers),
    // Cut: reasons are repeated in every finding that they explain.
    reason: reason.trim().slice(0, 300).toWellFormed(),
    until: until.trim().slice(0, 40),
    problem: problemWith(asked, until.trim()),
  };
}

const labelled = (selector: LabelSelector, subject: Subject): boolean =>
  requirementsOf(selector).every((requirement) => meets(subject.namespaceLabels(), requirement));

const byDefault = ({ namespaces, serviceAccounts, namespaceSelector }: OptOutTerms): boolean =>
  !namespaces && !serviceAccounts && !namespaceSelector;

/** Why this is not the place for an opt-out; empty where it is. */
function misplaced(terms: OptOutTerms, subject: Subject): string {
  const { namespaces, serviceAccounts, namespaceSelector = {} } = terms;
  const { namespace, serviceAccount } = subject;
  if (byDefault(terms))
    return labelled(DEFAULT_SELECTOR, subject) ? '' : 'the namespace is not labelled dropcap.dev/allow-opt-out=true';
  if (namespaces && !anyGlobMatches(namespaces, namespace)) return `the policy allows none in namespace ${namespace}`;
  if (serviceAccounts && !serviceAccountMatches(serviceAccounts, namespace, serviceAccount))
    return `the policy allows none for service account ${serviceAccount}`;
  return labelled(namespaceSelector, subject) ? '' : 'the labels of the namespace do not allow it';
}

function timely({ maxDays }: OptOutTerms, until: string, today: string): string {
  if (until !== '' && until < today) return `it ended on ${until}`;
  if (maxDays === undefined) return '';
  if (until === '') return `${UNTIL} is missing: the policy allows ${maxDays} days`;
  return daysBetween(today, until) > maxDays ? `${until} is more than the ${maxDays} days that the policy allows` : '';
}

/** Which of the asked rules a policy lets the pod opt out of, and why not the others. */
export interface OptOutVerdict {
  readonly honoured: readonly RuleName[];
  /** In half a sentence, after `opt-out ignored: `. Empty where all is honoured. */
  readonly why: string;
}

/** Does this policy honour the opt-out? */
export function judgeOptOut(asked: OptOutRequest, terms: OptOutTerms, subject: Subject, today: string): OptOutVerdict {
  const no = (why: string): OptOutVerdict => ({ honoured: [], why });
  if (asked.problem) return no(asked.problem);
  if (terms.allowed === false) return no('the policy allows no opt-out');
  const elsewhere = misplaced(terms, subject);
  if (elsewhere) return no(elsewhere);
  if ((terms.requireReason ?? true) && asked.reason === '') return no(`${REASON} is missing`);
  const late = timely(terms, asked.until, today);
  if (late) return no(late);
  const { rules } = terms;
  const honoured = rules ? asked.rules.filter((rule) => rules.includes(rule)) : asked.rules;
  const refused = asked.rules.filter((rule) => !honoured.includes(rule));
  return { honoured, why: refused.length > 0 ? `the policy allows none for ${list(refused)}` : '' };
}
