/** What a measured way of starting needs in a container, and how sure that is. */
import type { Start, Sureness } from './breakage.ts';
import type { Called } from './forecast-commands.ts';
import type { Facts } from './forecast-facts.ts';
import type { Started } from './forecast-starts.ts';
import type { Risk } from './forecast-terms.ts';

/** Something that works only with certain capabilities, whoever holds them. */
export interface Hazard extends Omit<Risk, 'needs'> {
  /** Canonical names: all that it takes, those that hardening leaves too. */
  readonly needs: readonly string[];
  /** What it asks for beyond that, and wrongly goes on without. */
  readonly asksToo: readonly string[];
}

const FAILS = {
  exec: 'is not even started',
  start: 'ends before it serves',
  run: 'ends with an error',
  use: 'runs on without doing its work',
} as const;

/** Does it hinge on whether the runtime opens low ports, or ping, to all? Where NET_RAW is needed for more, so is another. */
const isOpened = (needs: readonly string[]): boolean =>
  needs.includes('NET_BIND_SERVICE') || (needs.length === 1 && needs[0] === 'NET_RAW');

/** Who owns a file does not change where root is named. */
const ROOT_OWNER = /^(?:root|0)(?:[:.](?:root|0)?)?$/;

/** A file with capabilities fails wherever one of them is missing: no port and no sysctl saves it. */
const isMarked = ({ pattern }: Start): boolean => pattern === 1 || pattern === 2;

/** Does it need NET_BIND_SERVICE here? Tools open a low port only where one is named. */
function opensLowPort({ program: { server } }: Started, { opensPorts, ports, lowPort }: Facts): boolean {
  if (opensPorts) return false;
  return lowPort !== undefined || (server === true && ports.length === 0);
}

function needsOf(started: Started, facts: Facts): readonly string[] | null {
  const { start } = started;
  const { needs, needsWithSysctls: less } = start;
  const spared = (name: string): boolean => less !== null && less?.includes(name) === false;
  if (needs === null || isMarked(start)) return needs;
  return needs.filter((name) => {
    if (name === 'NET_BIND_SERVICE') return opensLowPort(started, facts);
    return !(name === 'NET_RAW' && facts.opensPing && spared(name));
  });
}

const toRoot = ({ words }: Called): boolean => words.some((word) => ROOT_OWNER.test(word));

/** Does what the manifest does not show decide whether it fails? */
function hinges({ start: { sign, pattern }, call }: Started, { opensPing }: Facts, needs: readonly string[]): boolean {
  if (sign?.depends !== undefined || call.guarded) return true;
  return (pattern === 5 && toRoot(call)) || (opensPing && needs.includes('NET_RAW'));
}

function sureness(started: Started, facts: Facts, needs: readonly string[]): Sureness {
  if (hinges(started, facts, needs)) return 'possible';
  const { program, start, alike } = started;
  // Of a server, of a file that may be marked or setuid, and of what the runtime opens the manifest says nothing.
  const shown = !program.server && !alike && !isMarked(start) && start.pattern !== 6;
  return shown && facts.user === 'root' && !isOpened(needs) ? 'sure' : 'likely';
}

function signsOf({ call, byImage, start }: Started, { launch, user }: Facts): readonly string[] {
  const who = user === 'root' ? ['runAsUser: 0'] : launch.uid !== undefined ? [`runAsUser: ${launch.uid}`] : [];
  const option = start.sign?.with?.find((part) => call.words.includes(part) || call.words.join(' ').includes(part));
  const words = option === undefined || option === call.name ? call.name : `${call.name} ${option}`;
  return [byImage ? `image ${launch.image}` : `${words} in the command`, ...who];
}

/** What is said of the start itself, where it is said. */
const told = ({
  fails,
  pattern,
  silent,
  instead,
  asksToo,
}: Start): Pick<Hazard, 'when' | 'pattern' | 'silent' | 'instead' | 'asksToo'> => ({
  ...(fails && { when: fails }),
  ...(pattern !== undefined && { pattern }),
  ...(silent !== undefined && { silent }),
  instead: instead ? [instead] : [],
  asksToo: asksToo ?? [],
});

/** A marked file behind another program gets its capability only with escalation, unless a sysctl makes it needless. */
const mustEscalate = ({ start }: Started, { opensPing }: Facts): boolean =>
  start.escalation === true && !(isMarked(start) && opensPing && start.needsWithSysctls);

/** The hazard of a way of starting; none where it needs nothing, or nothing helps. */
export function hazardOf(started: Started, facts: Facts): readonly Hazard[] {
  const { program, start } = started;
  const needs = needsOf(started, facts);
  const escalation = mustEscalate(started, facts);
  if (start.breaks === 'nothing' || needs === null || (needs.length === 0 && !escalation)) return [];
  return [
    {
      title: `${program.name} ${FAILS[start.fails ?? 'start']} (${start.how}).`,
      sure: sureness(started, facts, needs),
      signs: signsOf(started, facts),
      program: program.name,
      needs,
      escalation,
      ...told(start),
    },
  ];
}
