/** What the lines of a log say together: causes, the likeliest first. */
import { PROGRAMS, type Cause, type Sureness, type Symptom } from './breakage.ts';
import { causeOf } from './breakage-lookup.ts';
import { symptomsIn, type Shown } from './symptoms.ts';

/** One text of a log that shows a cause. */
export interface Evidence {
  /** The first line that shows it, counted from 1. */
  readonly line: number;
  /** That line, from its first 1,000 characters. */
  readonly text: string;
  /** How many lines show it. */
  readonly times: number;
  readonly symptom: Symptom;
  /** Was this text seen in a hardened container, or is it only known? */
  readonly measured: boolean;
}

/** A cause, and what speaks for it. */
export interface Diagnosis {
  readonly cause: Cause;
  readonly sure: Sureness;
  /** In place of what the cause needs. */
  readonly needs: readonly string[] | undefined;
  /** In the order of its lines. */
  readonly evidence: readonly Evidence[];
}

const RANK: Readonly<Record<Sureness, number>> = { sure: 0, likely: 1, possible: 2 };
const LONGEST_SHOWN = 1_000;

interface Found extends Diagnosis {
  sure: Sureness;
  weight: number;
  readonly evidence: (Evidence & { times: number })[];
}

const servers: ReadonlySet<string> = new Set(PROGRAMS.filter(({ server }) => server).map(({ name }) => name));

/** Could one of these programs have written it? Tools and languages may, whatever the program is. */
const isFrom = ({ from }: Symptom, programs: ReadonlySet<string> | undefined): boolean =>
  programs === undefined || from === undefined || programs.has(from) || !servers.has(from);

/** Where a line is sure, guesses at the same line are left out; of several texts for one cause, the fullest counts. */
function settled(shown: readonly Shown[]): readonly Shown[] {
  const sure = shown.some(({ symptom }) => symptom.sure === 'sure');
  const seen = new Set<string>();
  return shown.filter(({ symptom }) => {
    if (seen.has(symptom.cause) || (sure && symptom.sure === 'possible')) return false;
    seen.add(symptom.cause);
    return true;
  });
}

/** Collects what lines show, by cause. */
class Findings {
  readonly #found = new Map<string, Found>();

  add(shown: Shown, id: string, at: { line: number; text: string }): void {
    const { symptom, weight, measured } = shown;
    const own = id === symptom.cause;
    const needs = own ? symptom.needs : undefined;
    const sure = own ? symptom.sure : 'possible';
    const key = [id, ...(needs ?? [])].join(' ');
    const before = this.#found.get(key);
    const found: Found = before ?? { cause: causeOf(id), sure, needs, weight, evidence: [] };
    this.#found.set(key, found);
    if (RANK[sure] < RANK[found.sure]) found.sure = sure;
    found.weight = Math.max(found.weight, weight);
    const same = found.evidence.find((one) => one.symptom === symptom);
    if (same) same.times++;
    else found.evidence.push({ line: at.line, text: at.text.slice(0, LONGEST_SHOWN), times: 1, symptom, measured });
  }

  /** The surest first; of two, the one whose text names more, and then the one that came first. */
  ranked(): readonly Diagnosis[] {
    return [...this.#found.values()].sort(
      (a, b) => RANK[a.sure] - RANK[b.sure] || b.weight - a.weight || a.evidence[0]!.line - b.evidence[0]!.line,
    );
  }
}

/**
 * The causes that lines show, ranked. `programs` leaves out the texts of servers that are not among them. Empty where nothing
 * is known.
 */
export function diagnose(lines: Iterable<string>, programs?: ReadonlySet<string>): readonly Diagnosis[] {
  const findings = new Findings();
  let line = 0;
  for (const text of lines) {
    line++;
    for (const shown of settled(symptomsIn(text).filter(({ symptom }) => isFrom(symptom, programs))))
      for (const id of [shown.symptom.cause, ...(shown.symptom.also ?? [])]) findings.add(shown, id, { line, text });
  }
  return findings.ranked();
}
