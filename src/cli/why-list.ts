/** All that `dropcap why` knows, for people. */
import { CAUSES, MEASURED, PATTERNS, PROGRAMS, SYMPTOMS, type Cause } from '../knowledge/breakage.ts';
import { mendsOf } from '../knowledge/breakage-mend.ts';
import { programLines } from './why-answer.ts';
import type { Line } from './why-page.ts';
import { mendLines, WHO } from './why-words.ts';

function causeLines(cause: Cause): readonly Line[] {
  const texts = SYMPTOMS.filter((one) => one.cause === cause.id).flatMap(({ says = [], known = [] }) => [
    ...says,
    ...known,
  ]);
  const mends = mendsOf(cause, undefined);
  return [
    { text: cause.title, bold: true },
    ...mends.map((mend) => ({ text: `${WHO[mend.user]}: ${mendLines(mend)[0]!}`, indent: 3 })),
    ...[...new Set(texts)].map((text) => ({ text, indent: 3, bullet: true })),
    { text: '' },
  ];
}

/** Patterns, causes with their texts, and programs. In the texts `*` stands for anything, `$` for the end of the line. */
export const listLines = (): readonly Line[] => [
  { text: 'PATTERNS', bold: true },
  ...PATTERNS.map(({ id, name, says, so }) => ({ text: `${id} ${name}: ${says} ${so}`, indent: 3 })),
  { text: '' },
  { text: 'CAUSES, AND TEXTS THAT SHOW THEM (* is anything, $ the end of the line)', bold: true },
  { text: '' },
  ...CAUSES.flatMap(causeLines),
  { text: 'PROGRAMS', bold: true },
  { text: MEASURED },
  { text: '' },
  ...programLines(PROGRAMS),
];
