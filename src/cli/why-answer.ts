/** An answer of `dropcap why` for people. */
import { printable } from '../audit/printable.ts';
import { patternOf, programsNamed } from '../knowledge/breakage-lookup.ts';
import { mendsOf, type Mend } from '../knowledge/breakage-mend.ts';
import { SOURCES, type Program } from '../knowledge/breakage.ts';
import type { Diagnosis, Evidence } from '../knowledge/symptoms-in-log.ts';
import { section, type Line } from './why-page.ts';
import { mendLines, startSentence, SURE, WHEN, WHO } from './why-words.ts';

const MOST_EVIDENCE = 3;
const MOST_STARTS = 6;
/** So many causes are told in full; of more, only the names. */
const MOST_TOLD = 3;

function evidenceLine({ line, text, times, symptom, measured }: Evidence, several: boolean): string {
  const where = several ? `line ${line}${times > 1 ? `, ${times} times` : ''}: ` : '';
  const known = measured ? 'seen in a hardened container' : 'known of the program, not seen here';
  const who = symptom.from === undefined ? '' : `${symptom.from}, `;
  return `${where}${printable(text.trim())} (${who}${WHEN[symptom.when]}; ${known})`;
}

/** The programs whose texts were found, or else the ones that were asked for. */
function programsOf({ evidence }: Diagnosis, asked: readonly Program[] | undefined): readonly Program[] {
  const named = evidence.flatMap(({ symptom: { from } }) =>
    from === undefined ? [] : programsNamed(from).slice(0, 1),
  );
  return asked ?? [...new Set(named)];
}

function startsOf(programs: readonly Program[]): readonly Line[] {
  return programs.flatMap(({ name, starts }) => {
    const broken = starts.filter(({ breaks, silent }) => breaks !== 'nothing' || silent !== undefined);
    return section(`Measured starts of ${name}`, broken.slice(0, MOST_STARTS).map(startSentence));
  });
}

/** The narrowest lists, once where both kinds of users need the same. */
function leastLines(mends: readonly Mend[]): string[] {
  const byWords = Map.groupBy(mends, (mend) => mendLines(mend).join(' '));
  return [...byWords].map(([words, same]) => `${same.length > 1 ? WHO.any : WHO[same[0]!.user]}: ${words}`);
}

function told(diagnosis: Diagnosis, number: number, several: boolean, asked?: readonly Program[]): readonly Line[] {
  const { cause, sure, needs, evidence } = diagnosis;
  const mends = mendsOf(cause, needs);
  const pattern = patternOf(cause.pattern);
  return [
    { text: `${number}. ${cause.title}`, bold: true },
    { text: SURE[sure], indent: 3 },
    ...section(
      'Found in',
      evidence.slice(0, MOST_EVIDENCE).map((one) => evidenceLine(one, several)),
    ),
    ...section('What it means', [cause.means]),
    ...section(
      'Likely cause',
      mends.map(({ user, why }) => `${WHO[user]}: ${why}`),
    ),
    ...section(
      'Without a capability',
      cause.instead.map((one) => (one.tried ? `${one.do} (Tried: it works hardened.)` : one.do)),
    ),
    ...section('With the least', leastLines(mends)),
    ...section('What this cannot tell', cause.unknown),
    ...section(
      `Pattern ${pattern?.id ?? ''}: ${pattern?.name ?? ''}`,
      pattern ? [`${pattern.says} ${pattern.so}`] : [],
    ),
    ...startsOf(programsOf(diagnosis, asked)),
    ...section('Sources', [cause.sources.map((name) => SOURCES[name]).join(' ')]),
    { text: '' },
  ];
}

/** All answers: the first in full, the others by name. */
export function answerLines(
  diagnoses: readonly Diagnosis[],
  several: boolean,
  asked?: readonly Program[],
): readonly Line[] {
  const rest = diagnoses.slice(MOST_TOLD);
  return [
    ...diagnoses.slice(0, MOST_TOLD).flatMap((one, i) => told(one, i + 1, several, asked)),
    ...rest.map(({ cause, sure, evidence }, i) => ({
      text: `${MOST_TOLD + i + 1}. ${cause.title} (${sure}; line ${evidence[0]!.line})`,
    })),
    ...(rest.length > 0 ? [{ text: 'Those below the third are only named: -o json tells of all.' }, { text: '' }] : []),
  ];
}

/** What is known of programs, where no text is given. */
export const programLines = (programs: readonly Program[]): readonly Line[] =>
  programs.flatMap(({ name, starts }) => [
    { text: name, bold: true },
    ...starts.map((start) => ({ text: startSentence(start), indent: 3, bullet: true })),
    { text: '' },
  ]);
