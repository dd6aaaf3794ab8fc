/** What a container is told to run: the programs named in its command, also behind shells, inits and changes of user. */
import { simpleCommands } from './forecast-script.ts';

/** A program that is called, and how. */
export interface Called {
  /** Without folder. */
  readonly name: string;
  /** Its name and arguments. */
  readonly words: readonly string[];
  /** Programs that start it, the outermost first: `tini`, `sh`. */
  readonly behind: readonly string[];
  /** Does a program before it make it another user's? */
  readonly becameUser: boolean;
  readonly guarded: boolean;
}

type Around = Omit<Called, 'name' | 'words'>;

/** How what a program starts is found in its words; `user`: it starts it as another user. */
interface Wrapper {
  /** Options that take the next word. */
  readonly takes?: readonly string[];
  /** Words of its own before the command. */
  readonly skip?: number;
  readonly user?: true;
  /** It is itself worth a look. */
  readonly tells?: true;
  /** This option's value is a script. */
  readonly script?: readonly string[];
}

const DEEPEST = 12;
const ASSIGNMENT = /^\w+=/;
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'mksh']);
const SCRIPT_OPTION = /^-[a-z]*c$/;

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  tini: { takes: ['-p', '-e'] },
  'tini-static': { takes: ['-p', '-e'] },
  'dumb-init': { takes: ['--rewrite', '-r'] },
  'docker-init': {},
  catatonit: {},
  env: { takes: ['-u', '--unset', '-C', '--chdir'] },
  exec: { takes: ['-a'] },
  command: {},
  nohup: {},
  setsid: {},
  stdbuf: { takes: ['-i', '-o', '-e'] },
  timeout: { takes: ['-k', '-s', '--kill-after', '--signal'], skip: 1 },
  nice: { takes: ['-n', '--adjustment'], tells: true },
  ionice: { takes: ['-c', '-n'] },
  xargs: { takes: ['-I', '-n', '-P', '-L', '-d'] },
  busybox: {},
  gosu: { skip: 1, user: true, tells: true },
  'su-exec': { skip: 1, user: true, tells: true },
  setuidgid: { skip: 1, user: true, tells: true },
  's6-setuidgid': { skip: 1, user: true, tells: true },
  chpst: { takes: ['-u', '-U', '-b', '-e', '-m', '-n'], user: true, tells: true },
  setpriv: {
    takes: ['--reuid', '--regid', '--ruid', '--rgid', '--euid', '--egid', '--groups'],
    user: true,
    tells: true,
  },
  runuser: { takes: ['-u', '-g', '-G'], script: ['-c', '--command'], user: true, tells: true },
  su: { takes: ['-s', '-g', '-G'], skip: 1, script: ['-c', '--command'], user: true, tells: true },
  sudo: { takes: ['-u', '-g', '-h', '-p', '-C', '-D', '-R', '-T'], tells: true },
  chroot: { takes: ['--userspec', '--groups'], skip: 1, tells: true },
  unshare: { takes: ['-S', '-G', '--map-user', '--map-group'], tells: true },
  strace: { takes: ['-p', '-o', '-e', '-s', '-u'], tells: true },
};

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The words after a wrapper's own. */
function inner(words: readonly string[], { takes = [], skip = 0 }: Wrapper): readonly string[] {
  let left = skip;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (takes.includes(word)) at++;
    else if (word === '--' && left === 0) return words.slice(at + 1);
    else if (/^[-+]./.test(word) || ASSIGNMENT.test(word)) continue;
    else if (left-- <= 0) return words.slice(at);
  }
  return [];
}

function scriptOf(words: readonly string[], isOption: (word: string) => boolean): string | undefined {
  const at = words.findIndex((word, i) => i > 0 && isOption(word));
  return at < 0 ? undefined : words[at + 1];
}

function inScript(script: string, around: Around, depth: number): Called[] {
  return simpleCommands(script).flatMap(({ words, guarded }) =>
    called(words, { ...around, guarded: around.guarded || guarded }, depth + 1),
  );
}

function wrapped(words: readonly string[], name: string, wrapper: Wrapper, around: Around, depth: number): Called[] {
  const itself = wrapper.tells ? [{ ...around, name, words }] : [];
  const behind = name === 'exec' || name === 'command' ? around.behind : [...around.behind, name];
  const next = { ...around, behind, becameUser: around.becameUser || wrapper.user === true };
  const script = scriptOf(words, (word) => wrapper.script?.includes(word) ?? false);
  return [
    ...itself,
    ...(script === undefined ? called(inner(words, wrapper), next, depth + 1) : inScript(script, next, depth)),
  ];
}

function called(all: readonly string[], around: Around, depth: number): Called[] {
  const first = all.findIndex((word) => !ASSIGNMENT.test(word));
  if (first < 0 || depth > DEEPEST) return [];
  const words = all.slice(first);
  const name = baseName(words[0]!);
  const next = { ...around, behind: [...around.behind, name] };
  if (SHELLS.has(name)) {
    const script = scriptOf(words, (word) => SCRIPT_OPTION.test(word));
    return script === undefined ? [{ ...around, name, words }] : inScript(script, next, depth);
  }
  if (Object.hasOwn(WRAPPERS, name)) return wrapped(words, name, WRAPPERS[name]!, around, depth);
  const itself = { ...around, name, words };
  return isEntrypoint(name) ? [itself, ...called(words.slice(1), next, depth + 1)] : [itself];
}

/** Is this the name of a script that images start by, before the program that it is given? */
export const isEntrypoint = (name: string): boolean => /entry-?point/i.test(name);

/** The programs that these words start, in their order. */
export const calledBy = (words: readonly string[]): readonly Called[] =>
  called(words, { behind: [], becameUser: false, guarded: false }, 0);
