/** What a container needs of what it loses, and what says so. */
import { canonical } from '../engine/capabilities.ts';
import type { Container } from '../engine/pod.ts';
import { programsNamed, programsOfImage } from '../knowledge/breakage-lookup.ts';
import { mendsOf } from '../knowledge/breakage-mend.ts';
import type { Instead, Program, Sureness } from '../knowledge/breakage.ts';
import { factsOn } from '../knowledge/capabilities.ts';
import type { Forecast, Launch } from '../knowledge/forecast-terms.ts';
import { diagnose, type Diagnosis } from '../knowledge/symptoms-in-log.ts';
import type { Loss } from './suggest-loss.ts';
import type { SuggestOptions } from './suggest-options.ts';

/** Something that a container needs. */
export interface Need {
  /** Canonical names; null where no capability helps. */
  readonly names: readonly string[] | null;
  readonly escalation: boolean;
  /** Did the person name it? */
  readonly asked: boolean;
  /** How sure it is; undefined where only the person says so. */
  readonly sure: Sureness | undefined;
  /** A sentence without its full stop; empty where the person knows. */
  readonly why: string;
  /** What speaks for it. */
  readonly signs: readonly string[];
  readonly instead: readonly Instead[];
}

/** Programs that a container runs, as far as its manifest names them. */
const programsIn = ({ image, command }: Launch): readonly Program[] => [
  ...programsNamed(command[0] ?? ''),
  ...programsOfImage(image),
];

const named = { asked: true, sure: undefined, why: '', signs: [] } as const;

/** A capability that the person names, with what else speaks for it. */
function askedFor(name: string, guessed: readonly Need[]): Need {
  const guess = guessed.find(({ names }) => names?.includes(name));
  return {
    ...(guess ?? { ...named, instead: [{ do: factsOn(name)!.instead }] }),
    asked: true,
    names: [name],
    escalation: false,
  };
}

function ofDiagnosis({ cause, needs, sure, evidence }: Diagnosis, { uid, neverRoot }: Launch): Need[] {
  const user = neverRoot || (uid ?? 0) !== 0 ? 'user' : 'root';
  const mends = mendsOf(cause, needs);
  const mend = mends.find((one) => one.user === user) ?? mends[0];
  if (sure === 'possible' || !mend) return [];
  return [
    {
      names: mend.needs,
      escalation: mend.escalation,
      asked: false,
      sure,
      why: cause.title,
      signs: [`line ${evidence[0]!.line} of the log`],
      instead: cause.instead,
    },
  ];
}

/** What the lines of a log show, surely or likely. The lines themselves are not repeated: they may hold anything. */
function neededByLog(lines: readonly string[], launch: Launch): Need[] {
  const programs = programsIn(launch).map(({ name }) => name);
  const diagnoses = diagnose(lines, programs.length > 0 ? new Set(programs) : undefined);
  return diagnoses.flatMap((diagnosis) => ofDiagnosis(diagnosis, launch));
}

const meets = (needs: readonly string[] | null, some: readonly string[]): boolean =>
  some.some((name) => needs?.includes(name));

/** What the author adds, the policies take, and nothing else speaks for, but a way of starting its program is known to need. */
function added({ capabilities, launch }: Loss, add: readonly string[], others: readonly Need[]): Need[] {
  const lost = add.map(canonical).filter((name) => capabilities.includes(name));
  const open = lost.filter((name) => !others.some(({ names }) => names?.includes(name)));
  const users = programsIn(launch).filter(({ starts }) => starts.some(({ needs }) => meets(needs, open)));
  const names = open.filter((name) => users.some(({ starts }) => starts.some(({ needs }) => meets(needs, [name]))));
  if (names.length === 0) return [];
  const why = `The manifest adds what ${users.map(({ name }) => name).join(' and ')} may need`;
  const instead = names.map((name) => ({ do: factsOn(name)!.instead }));
  return [{ names, escalation: false, asked: false, sure: 'likely', why, signs: ['capabilities.add'], instead }];
}

/** What is foretold to break surely or likely. */
const foretold = ({ risks }: Forecast): Need[] =>
  risks
    .filter(({ sure }) => sure !== 'possible')
    .map(({ needs, escalation, sure, title, signs, instead }) => ({
      names: needs,
      escalation,
      asked: false,
      sure,
      why: title.replace(/\.$/, ''),
      signs,
      instead,
    }));

/** What the person wants kept, and what the container's log shows. */
export interface Wishes {
  readonly options: Pick<SuggestOptions, 'keep' | 'allowEscalation'>;
  /** Lines of the container's log; none without one. */
  readonly log: readonly string[];
}

/** What a container needs. */
export interface Needs {
  /** What is asked for first, then the log's, then what the author adds, then what is foretold. */
  readonly needs: readonly Need[];
  /** What speaks for more, left out because the person names all that is to be kept. */
  readonly leftOut: readonly Need[];
}

/** Collects the needs of one container. Where names are asked for, they are all: nothing is guessed beside them. */
export function needsOf(loss: Loss, { security }: Container, foreseen: Forecast, { options, log }: Wishes): Needs {
  const [shown, likely] = [neededByLog(log, loss.launch), foretold(foreseen)];
  const guessed = [...shown, ...added(loss, security.add, [...shown, ...likely]), ...likely];
  const flag = options.allowEscalation ? [{ ...named, names: [], escalation: true, instead: [] }] : [];
  if (!options.keep) return { needs: [...flag, ...guessed], leftOut: [] };
  return { needs: [...options.keep.map((name) => askedFor(name, guessed)), ...flag], leftOut: guessed };
}
