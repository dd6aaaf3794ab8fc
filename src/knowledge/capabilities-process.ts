/** The capability sets of a process, from the text of /proc/PID/status (proc_pid_status(5), capabilities(7)). */
import { likeness, listed, setOfMask, type CapabilitySet } from './capabilities-mask.ts';

/** The five sets of a process, in the order in which they matter. */
export const SET_NAMES = ['effective', 'permitted', 'bounding', 'inheritable', 'ambient'] as const;
export type SetName = (typeof SET_NAMES)[number];

/** The fields of the five sets, and what each set is. */
export const SET_MEANINGS: Readonly<Record<SetName, { readonly field: string; readonly means: string }>> = {
  effective: { field: 'CapEff', means: 'what it may do now' },
  permitted: { field: 'CapPrm', means: 'what it may make effective' },
  bounding: { field: 'CapBnd', means: 'the most that programs can gain' },
  inheritable: { field: 'CapInh', means: 'for programs marked to inherit' },
  ambient: { field: 'CapAmb', means: 'kept by every program it starts' },
};

/** What /proc/PID/status says about privileges. A field that an old kernel does not write is undefined. */
export interface ProcessStatus {
  /** The command's name, at most 15 bytes. It may hold any character. */
  readonly name: string;
  /** The effective user, as the reader's user namespace numbers it. */
  readonly uid: number;
  readonly noNewPrivs: boolean | undefined;
  readonly sets: Readonly<Record<SetName, CapabilitySet | undefined>>;
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^(\w+):\t(.*)$/.exec(line));
  return new Map(lines.flatMap((found) => (found ? [[found[1]!, found[2]!] as const] : [])));
}

const effectiveOf = (fields: ReadonlyMap<string, string>): string | undefined =>
  fields.get(SET_MEANINGS.effective.field);

/** Reads the text of /proc/PID/status; undefined where it does not hold the fields that every Linux writes. */
export function readStatus(text: string): ProcessStatus | undefined {
  const fields = fieldsOf(text);
  const uids = (fields.get('Uid') ?? '').split('\t');
  if (uids.length !== 4 || !/^[0-9a-f]{1,16}$/.test(effectiveOf(fields) ?? '')) return undefined;
  const set = (name: SetName): CapabilitySet | undefined => {
    const hex = fields.get(SET_MEANINGS[name].field);
    return hex === undefined ? undefined : setOfMask(hex);
  };
  const flag = fields.get('NoNewPrivs');
  return {
    name: fields.get('Name') ?? '',
    uid: Number(uids[1]),
    noNewPrivs: flag === undefined ? undefined : flag === '1',
    sets: {
      effective: set('effective'),
      permitted: set('permitted'),
      bounding: set('bounding'),
      inheritable: set('inheritable'),
      ambient: set('ambient'),
    },
  };
}

const isEmpty = (set: CapabilitySet | undefined): boolean => set === undefined || /^0+$/.test(set.mask);

/** What is in one set and not in another; undefined where that is nothing. */
function beyond(set: CapabilitySet | undefined, other: CapabilitySet | undefined): CapabilitySet | undefined {
  const rest = BigInt(`0x${set?.mask ?? '0'}`) & ~BigInt(`0x${other?.mask ?? '0'}`);
  return rest === 0n ? undefined : setOfMask(rest.toString(16));
}

function nowSentences({ uid, sets: { effective, permitted } }: ProcessStatus): string[] {
  const root = uid === 0 ? 'It is root' : `It runs as uid ${uid}`;
  const now = isEmpty(effective)
    ? `${root}, and has no capability now.`
    : `${root}, and may now use ${likeness(effective!)}.`;
  const raise = beyond(permitted, effective);
  return raise ? [now, `It can raise by itself: ${listed(raise)}.`] : [now];
}

/** What it can still gain by starting programs. The bounding set bounds only what they bring, not what is permitted now. */
function gainSentence({ uid, noNewPrivs, sets: { permitted, bounding } }: ProcessStatus): string {
  if (noNewPrivs === true)
    return 'NoNewPrivs is 1 (allowPrivilegeEscalation: false): no program that it starts gives it more than it has.';
  const flag = noNewPrivs === false ? 'NoNewPrivs is 0: ' : '';
  const gain = beyond(bounding, permitted);
  if (!gain) return `${flag}setuid and setcap programs work, but its bounding set holds no capability that it lacks.`;
  const starter = uid === 0 ? 'any program that it starts as root' : 'a setuid-root or setcap program that it starts';
  return `${flag}${starter} can hold what the bounding set has beyond: ${listed(gain)}.`;
}

function passedOn({ sets: { inheritable, ambient } }: ProcessStatus): string[] {
  return [
    ...(isEmpty(ambient) ? [] : [`Programs that it starts keep, without being root: ${listed(ambient!)}.`]),
    ...(isEmpty(inheritable) ? [] : [`Programs whose file is marked to inherit them get: ${listed(inheritable!)}.`]),
  ];
}

/** What the sets of a process mean together, in sentences. */
export const explained = (status: ProcessStatus): string[] => [
  ...nowSentences(status),
  gainSentence(status),
  ...passedOn(status),
];

/**
 * Is a process in a user namespace other than the first one, by the text of its /proc/PID/uid_map? Its capabilities then
 * count only for what belongs to that namespace.
 */
export const isInUserNamespace = (uidMap: string): boolean => !/^\s*0\s+0\s+4294967295\s*$/.test(uidMap);
