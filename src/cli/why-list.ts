/** All that `dropcap why` knows, for people. */
import { CAUSES, MEASURED, PATTERNS, PROGRAMS, SYMPTOMS, type Cause } from '../knowledge/breakage.ts';
import { mendsOf } from '../knowledge/breakage-mend.ts';
import { asksFor, DEBUG_PROFILES, MESHES, takenBy, type Injected } from '../knowledge/injected.ts';
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

/** What is put into a pod, what is taken of it, and what to do. */
function injectedLines(one: Injected, name: string): readonly Line[] {
  const [taken, less] = [takenBy('restricted', one), takenBy('compatible', one)];
  const left = taken.filter((name) => !less.includes(name)).join(' ');
  const compatible = left === '' ? '' : `, but compatible leaves ${left}`;
  const takes = taken.length === 0 ? '' : ` restricted and compatible take ${taken.join(' ')}${compatible}.`;
  const exception = one.exception === undefined ? '' : ` Exception: policies/exceptions/${one.exception}.`;
  const texts = [`Asks for ${asksFor(one)}.${takes}`, one.breaks, `${one.instead}${exception}`.trim()];
  return [
    { text: name, bold: true },
    ...texts.filter((text) => text !== '').map((text) => ({ text, indent: 3, bullet: true })),
  ];
}

/** Patterns, causes with their texts, what others put into pods, and programs. In the texts `*` stands for anything, `$` for the end of the line. */
export const listLines = (): readonly Line[] => [
  { text: 'PATTERNS', bold: true },
  ...PATTERNS.map(({ id, name, says, so }) => ({ text: `${id} ${name}: ${says} ${so}`, indent: 3 })),
  { text: '' },
  { text: 'CAUSES, AND TEXTS THAT SHOW THEM (* is anything, $ the end of the line)', bold: true },
  { text: '' },
  ...CAUSES.flatMap(causeLines),
  { text: 'KUBECTL DEBUG, BY PROFILE', bold: true },
  ...DEBUG_PROFILES.flatMap((one) => injectedLines(one, one.who ? `${one.name} (${one.who})` : one.name)),
  { text: '' },
  { text: 'SERVICE MESHES', bold: true },
  ...MESHES.flatMap((one) => injectedLines(one, `${one.name}: ${one.container ?? ''}`)),
  { text: '' },
  { text: 'PROGRAMS', bold: true },
  { text: MEASURED },
  { text: '' },
  ...programLines(PROGRAMS),
];
