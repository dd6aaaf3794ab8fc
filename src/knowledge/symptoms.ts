/** Which symptoms a line of a log shows. */
import { SYMPTOMS, type Symptom } from './breakage.ts';
import { comparable, find, textPattern, type TextPattern } from './breakage-text.ts';

/** A symptom in a line. */
export interface Shown {
  readonly symptom: Symptom;
  /** How many characters of the line its text names. */
  readonly weight: number;
  /** Was this text seen in a hardened container, or is it only known? */
  readonly measured: boolean;
}

interface Sign {
  readonly pattern: TextPattern;
  readonly measured: boolean;
}

interface Reader {
  readonly symptom: Symptom;
  readonly signs: readonly Sign[];
  readonly not: readonly string[];
}

const readers: readonly Reader[] = SYMPTOMS.map((symptom) => ({
  symptom,
  signs: [
    ...(symptom.says ?? []).map((text) => ({ pattern: textPattern(text), measured: true })),
    ...(symptom.known ?? []).map((text) => ({ pattern: textPattern(text), measured: false })),
  ],
  not: (symptom.not ?? []).map(comparable),
}));

/** A line of fewer characters shows nothing: most of a long log can be of such lines. */
const SHORTEST = Math.min(...readers.flatMap(({ signs }) => signs.map(({ pattern }) => pattern.weight)));

const FIRST_OPEN_PORT = 1_024;
/** How far before the words of a refusal its port may stand. */
const BEFORE = 60;
// Not the parts of an IPv6 address or of a time.
const PORT = /(?:\bport |:)(\d{1,5})(?!\d|:[\da-f]|\]:)/g;

const portsIn = (text: string): readonly RegExpExecArray[] => [...text.matchAll(PORT)];

/** The port that a refusal names: after `port`, or else the first after a colon, or else the last one before its words. */
function portOf(text: string, from: number): number | undefined {
  const after = portsIn(text.slice(from));
  const before = portsIn(text.slice(Math.max(0, from - BEFORE), from));
  const named = after.find(([whole]) => whole.startsWith('port')) ?? after[0] ?? before.at(-1);
  return named && Number(named[1]);
}

/** Is its port of the kind that the symptom speaks of? Where it names none, it is taken for a low one. */
function isItsPort(kind: Symptom['port'], text: string, from: number): boolean {
  if (kind === undefined) return true;
  const port = portOf(text, from);
  return kind === 'low' ? (port ?? 0) < FIRST_OPEN_PORT : port !== undefined && port >= FIRST_OPEN_PORT;
}

function shownBy({ symptom, signs, not }: Reader, text: string): Shown | undefined {
  let best: Sign | undefined;
  for (const sign of signs) {
    if (best && best.pattern.weight >= sign.pattern.weight) continue;
    const stretch = find(text, sign.pattern);
    if (stretch && isItsPort(symptom.port, text, stretch.from)) best = sign;
  }
  if (!best || not.some((part) => text.includes(part))) return undefined;
  return { symptom, weight: best.pattern.weight, measured: best.measured };
}

/** The symptoms in a line, the one whose text names most of it first. Only its first 64 KiB are read. */
export function symptomsIn(line: string): readonly Shown[] {
  const text = comparable(line);
  if (text.length < SHORTEST) return [];
  return readers
    .map((reader) => shownBy(reader, text))
    .filter((shown) => shown !== undefined)
    .sort((a, b) => b.weight - a.weight);
}
