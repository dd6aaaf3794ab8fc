/** Signs in a manifest that speak for a failure whatever the program is. */
import { causeOf, programsNamed } from './breakage-lookup.ts';
import type { Instead } from './breakage.ts';
import { defaultsOf, factsOn } from './capabilities.ts';
import type { Called } from './forecast-commands.ts';
import type { Facts } from './forecast-facts.ts';
import type { Hazard } from './forecast-hazards.ts';

const USER_OPTION = /^--(?:user|setuid|uid|chuid|run-?as(?:-user)?|drop-?user)(?:=(.+))?$/;
/** Users that services are given by `-u`, which means something else in most tools. */
const SERVICE_USER = /^(?:nobody|daemon|www-data|nginx|apache|proxy|mail|ftp|[1-9]\d{3,})$/;
/** Their users are those of another system. */
const CLIENTS =
  /^(?:mysql\w*|mariadb\w*|psql|pg_\w+|curl|wget|git|docker|kubectl|helm|redis-cli|mongo\w*|ssh|scp|rsync|npm|pip|systemctl|id|ps|sudo|su)$/;

/** Of so many additions it is told what to use instead. */
const MOST_TOLD = 3;

const NO_OTHER_USER = /^(?:-.*|root|0|)$/;

/** The user that this word and the next one name, if they do. */
function userIn(word: string, next: string, name: string): string {
  const long = USER_OPTION.exec(word);
  if (long) return long[1] ?? next;
  return word === '-u' && (SERVICE_USER.test(next) || next === name) ? next : '';
}

/** The user that a program is told to become, if it is one. */
const becomes = ({ name, words }: Called): string | undefined =>
  words.map((word, i) => userIn(word, words[i + 1] ?? '', name)).find((user) => !NO_OTHER_USER.test(user));

function changeOfUser(call: Called, { user }: Facts): readonly Hazard[] {
  const { name, becameUser } = call;
  const other = becomes(call);
  if (other === undefined || user === 'user' || becameUser || CLIENTS.test(name) || programsNamed(name).length > 0)
    return [];
  return [
    {
      title: `${name} may not become the user ${other}.`,
      sure: 'possible',
      signs: [`the user ${other} in the options of ${name}`],
      when: 'start',
      pattern: 3,
      needs: ['SETGID', 'SETUID'],
      asksToo: [],
      escalation: false,
      instead: causeOf('become-user').instead,
    },
  ];
}

function lowPort({ user, lowPort: port, opensPorts, launch }: Facts): readonly Hazard[] {
  if (port === undefined || opensPorts) return [];
  const signs = [launch.ports.includes(port) ? `containerPort: ${port}` : `port ${port} in the command`];
  const common = {
    signs,
    needs: ['NET_BIND_SERVICE'],
    asksToo: [],
    escalation: false,
    instead: causeOf('low-port').instead,
  };
  // A user's process opens it today either because the runtime lets all do so, or because its file is marked.
  if (user === 'user')
    return [
      {
        ...common,
        title: `What opens port ${port} as a user is not even started, if its file is marked with NET_BIND_SERVICE (setcap).`,
        sure: 'possible',
        when: 'exec',
        pattern: 1,
      },
    ];
  return [
    {
      ...common,
      title: `What opens port ${port} as root is refused it, unless the runtime opens low ports to all.`,
      sure: 'likely',
      when: 'start',
      pattern: 3,
    },
  ];
}

const DEFAULTS: ReadonlySet<string> = new Set(defaultsOf('containerd'));

/** What the manifest adds by name, as far as what is held shows it: all of it, where the defaults are dropped. */
function added({ launch: { before } }: Facts): readonly string[] {
  const held = [...before.capabilities].sort();
  return before.capabilities.has('KILL') || before.capabilities.has('SETPCAP')
    ? held.filter((name) => !DEFAULTS.has(name))
    : held;
}

const insteadOf = (name: string): readonly Instead[] => {
  const facts = factsOn(name);
  return facts ? [{ do: `${name}: ${facts.instead}` }] : [];
};

const TITLE_OF_ADD = {
  root: 'What the manifest adds capabilities for is refused.',
  user: 'What the manifest adds capabilities for is refused, if a marked file uses them: nothing else of this user gets them.',
};

/** Who adds a capability has a reason, which the manifest does not tell. */
function addition(facts: Facts, known: readonly Hazard[]): readonly Hazard[] {
  const needs = added(facts).filter((name) => !known.some((one) => one.needs.includes(name)));
  if (needs.length === 0) return [];
  return [
    {
      title: TITLE_OF_ADD[facts.user === 'user' ? 'user' : 'root'],
      sure: 'possible',
      ...(facts.user === 'user' && { pattern: 4 }),
      signs: [`add: [${needs.join(', ')}]`],
      needs,
      asksToo: [],
      escalation: false,
      instead: needs.length > MOST_TOLD ? [] : needs.flatMap(insteadOf),
    },
  ];
}

/** Hazards that no known program explains already. */
export function otherHazards(facts: Facts, known: readonly Hazard[]): readonly Hazard[] {
  const explained = known.some(({ needs }) => needs.includes('NET_BIND_SERVICE'));
  const others = [...facts.calls.flatMap((call) => changeOfUser(call, facts)), ...(explained ? [] : lowPort(facts))];
  return [...others, ...addition(facts, [...known, ...others])];
}
