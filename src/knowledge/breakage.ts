/**
 * What breaks when containers are hardened: causes, the error texts that they show in, programs and their ways of starting,
 * and the patterns behind them. The data is in the JSON files beside this one.
 */
import data from './breakage.json' with { type: 'json' };
import programs from './breakage-programs.json' with { type: 'json' };
import symptoms from './breakage-symptoms.json' with { type: 'json' };
import type { Sign } from './forecast-sign.ts';

/**
 * When a program fails: `exec` it is not even started; `start` a server ends before it serves; `run` a command ends with an
 * error; `use` it runs on, and does not do what it is there for.
 */
export type Moment = 'exec' | 'start' | 'run' | 'use';

/** How far a text tells its cause: nothing else writes it; mostly; it has several causes. */
export type Sureness = 'sure' | 'likely' | 'possible';

/** What mends a cause for one kind of user. */
export interface Need {
  /** Canonical names, the least that were enough; null where no capability mends it. */
  readonly needs: readonly string[] | null;
  /** Must escalation stay allowed? */
  readonly escalation?: boolean;
  readonly why: string;
}

/** Something to do that needs no capability. */
export interface Instead {
  readonly do: string;
  /** It was run under drop ALL without escalation, and works. */
  readonly tried?: boolean;
}

/** One of the eight rules behind most of what breaks. */
export interface Pattern {
  readonly id: number;
  readonly name: string;
  readonly says: string;
  readonly so: string;
}

/** Why something is refused, and what to do about it. */
export interface Cause {
  readonly id: string;
  readonly title: string;
  readonly pattern?: number;
  readonly means: string;
  /** Without it, root does not meet this. */
  readonly root?: Need;
  /** Any other uid. Without it, such a process does not meet this. */
  readonly user?: Need;
  readonly instead: readonly Instead[];
  readonly unknown: readonly string[];
  /** Names in `SOURCES`. */
  readonly sources: readonly string[];
}

/** Error texts that show one cause. Their form is in text-pattern.ts. */
export interface Symptom {
  /** Texts that were seen in a hardened container. */
  readonly says?: readonly string[];
  /** Texts that programs are known to write, and that were not seen. */
  readonly known?: readonly string[];
  /** A line that holds one of these is none. */
  readonly not?: readonly string[];
  /** The text's port decides: below 1024, or from 1024. */
  readonly port?: 'low' | 'high';
  readonly cause: string;
  /** Other causes that it may have. */
  readonly also?: readonly string[];
  /** The program that writes it; none where many do. */
  readonly from?: string;
  /** In place of what the cause needs. */
  readonly needs?: readonly string[];
  readonly sure: Sureness;
  readonly when: Moment;
}

/** One way of starting a program, and what hardening does to it. */
export interface Start {
  readonly how: string;
  readonly user: 'root' | 'user' | 'any';
  /**
   * What breaks it: dropping ALL; forbidding escalation (`flag`); `each` of the two; `nothing`; or it did not work `before`,
   * with the default capabilities.
   */
  readonly breaks: 'drop' | 'flag' | 'each' | 'nothing' | 'before';
  /** The least that lets it work beside drop ALL; null where no capability does. */
  readonly needs: readonly string[] | null;
  /** The same where the sysctls open low ports and ping to all. */
  readonly needsWithSysctls?: readonly string[] | null;
  readonly escalation?: boolean;
  readonly fails?: Moment;
  readonly pattern?: number;
  /** What it does wrong without a word, or while it looks well. */
  readonly silent?: string;
  /** What it asks for beyond the least, and wrongly goes on without. */
  readonly asksToo?: readonly string[];
  readonly instead?: Instead;
  readonly note?: string;
  /** How a manifest shows that a program is started so. */
  readonly sign?: Sign;
}

/** A program, how it is recognised, and its ways of starting. */
export interface Program {
  readonly name: string;
  /** Its texts are its own: another server does not write them. Tools and languages write theirs in any container. */
  readonly server?: boolean;
  /** Names of its executables, without folder. */
  readonly commands: readonly string[];
  /** Ends of image repositories, in whole segments: `nginx` stands for `docker.io/library/nginx` too. */
  readonly images?: readonly string[];
  readonly starts: readonly Start[];
}

/** How and on what the starts were run. */
export const MEASURED: string = data.measured;
/** Addresses by name. */
export const SOURCES: Readonly<Record<string, string>> = data.sources;
/** In the order of their numbers, which begin with 1. */
export const PATTERNS: readonly Pattern[] = data.patterns;
/** In reading order. */
export const CAUSES: readonly Cause[] = data.causes;
/** Which texts have which cause. */
export const SYMPTOMS: readonly Symptom[] = symptoms as readonly Symptom[];
/** Servers first, then tools. */
export const PROGRAMS: readonly Program[] = programs as readonly Program[];
