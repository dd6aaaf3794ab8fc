/** What was done, for people: a line for each thing that was left, and one that counts. */
import type { Finding, Outcome } from '../engine/finding.ts';
import { workloadName, type DecidedManifest, type DecidedTemplate } from './decide.ts';
import { count } from './say.ts';

const LEFT: readonly Outcome[] = ['unresolved', 'audited', 'exempt', 'skipped'];

function lineFor(file: string, decided: DecidedTemplate, finding: Finding): string {
  const { container, outcome, rule, reason } = finding;
  const where = container ? `${workloadName(decided)} container ${container}` : workloadName(decided);
  return `${file}: ${where}: ${outcome}: ${rule === 'pod' ? '' : `${rule}: `}${reason}`;
}

function ignoredOptOuts(file: string, decided: DecidedTemplate): string[] {
  const ignored = decided.decision.optOut?.ignored ?? [];
  return ignored.map(({ policy, why }) => `${file}: ${workloadName(decided)}: opt-out ignored by ${policy}: ${why}`);
}

/** A line for each namespace whose labels may matter and are not known. */
function unlabelled(templates: readonly DecidedTemplate[], selectsByLabel: boolean): string[] {
  const unknown = templates
    .filter(({ labelled, decision }) => !labelled && (selectsByLabel || decision.optOut !== undefined))
    .map(({ namespace }) => namespace);
  return [...new Set(unknown)].map(
    (namespace) =>
      `warning: namespace ${namespace}: its labels are not known here, and decisions may depend on them: give --namespaces`,
  );
}

const linesOnLeft = (file: string, decided: DecidedTemplate): string[] =>
  decided.decision.findings
    .filter(({ outcome }) => LEFT.includes(outcome))
    .map((finding) => lineFor(file, decided, finding));

/** What is to be said of namespaces, and of each template in a file. */
function remarks(
  manifests: readonly DecidedManifest[],
  selectsByLabel: boolean,
  linesOn: (file: string, decided: DecidedTemplate) => readonly string[],
): string[] {
  const templates = manifests.flatMap((one) => one.templates);
  const lines = manifests.flatMap(({ manifest: { file }, templates: decided }) =>
    decided.flatMap((one) => linesOn(file, one)),
  );
  return [...unlabelled(templates, selectsByLabel), ...lines];
}

/** What was left as it was, and why. */
export const remarksOn = (manifests: readonly DecidedManifest[], selectsByLabel: boolean): string[] =>
  remarks(manifests, selectsByLabel, (file, one) => [...ignoredOptOuts(file, one), ...linesOnLeft(file, one)]);

/** The same where the findings are told elsewhere: only of namespaces and opt-outs. */
export const remarksBesideFindings = (manifests: readonly DecidedManifest[], selectsByLabel: boolean): string[] =>
  remarks(manifests, selectsByLabel, ignoredOptOuts);

const numberOf = (outcomes: readonly Outcome[], outcome: Outcome): number =>
  outcomes.filter((one) => one === outcome).length;

/** `2 unresolved`, `1 exempt`: how much was left as it was. */
export const leftAmong = (outcomes: readonly Outcome[]): string[] =>
  LEFT.filter((outcome) => outcomes.includes(outcome)).map((outcome) => `${numberOf(outcomes, outcome)} ${outcome}`);

/** How a line that counts goes on where something could not be done. */
export const leftOut = (errors: number): string =>
  errors > 0 ? `; ${count(errors, 'error')}: ${errors === 1 ? 'what it names' : 'what they name'} is left out` : '';

/** The line that counts: `2 pod templates, 1 changed (3 fields hardened, 2 unresolved)`. */
export function doneIn(manifests: readonly DecidedManifest[], errors: number, failed = leftOut(errors)): string {
  const templates = manifests.flatMap((one) => one.templates);
  const outcomes = templates.flatMap(({ decision }) => decision.findings.map(({ outcome }) => outcome));
  const hardened = numberOf(outcomes, 'hardened');
  const parts = [...(hardened > 0 ? [`${count(hardened, 'field')} hardened`] : []), ...leftAmong(outcomes)];
  const changed = templates.filter(({ decision }) => decision.patch.length > 0).length;
  const detail = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  if (templates.length === 0) return `${errors > 0 ? 'nothing hardened' : 'no pod template found'}${failed}`;
  return `${count(templates.length, 'pod template')}, ${changed} changed${detail}${failed}`;
}
