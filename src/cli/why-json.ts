/** The answers of `dropcap why` in JSON. */
import { SOURCES, type Program } from '../knowledge/breakage.ts';
import { patternOf } from '../knowledge/breakage-lookup.ts';
import { mendsOf } from '../knowledge/breakage-mend.ts';
import type { Diagnosis } from '../knowledge/symptoms-in-log.ts';

/** One diagnosis with all that is known of it. */
export function answerJson({ cause, sure, needs, evidence }: Diagnosis): object {
  return {
    cause: cause.id,
    title: cause.title,
    sure,
    evidence: evidence.map(({ line, text, times, measured, symptom }) => ({
      line,
      text,
      times,
      ...(symptom.from === undefined ? {} : { program: symptom.from }),
      moment: symptom.when,
      measured,
    })),
    means: cause.means,
    mends: mendsOf(cause, needs),
    instead: cause.instead.map((one) => ({ do: one.do, tried: one.tried ?? false })),
    unknown: cause.unknown,
    ...(cause.pattern === undefined ? {} : { pattern: patternOf(cause.pattern) }),
    sources: cause.sources.map((name) => SOURCES[name]),
  };
}

/** Diagnoses and programs as one document. */
export const whyJson = (diagnoses: readonly Diagnosis[], programs: readonly Program[] | undefined): string =>
  `${JSON.stringify({ answers: diagnoses.map(answerJson), programs: programs ?? [] }, null, 2)}\n`;
