/** Asks real shells what they complete with the scripts that `dropcap completion` prints. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dropcap, folderOf } from './command.ts';

/** The shells. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell. */
export type Shell = (typeof SHELLS)[number];

/** Where bash-completion is, if it is installed. */
export const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';

/** Is a program installed? */
export const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** Can keys be typed, as on a terminal? That takes the `script` of util-linux. */
export const canType = (): boolean =>
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout.includes('util-linux');

/** A folder with a completion script and a start file that writes the arguments of `dropcap` to a file, a line a call. */
async function home(shell: Shell, source: string): Promise<{ folder: string; start: string; out: string }> {
  const { stdout } = await dropcap(['completion', shell]);
  const folder = folderOf({ script: stdout, _dropcap: stdout, 'completions/dropcap': stdout, out: '' });
  const start = join(folder, shell === 'zsh' ? '.zshrc' : 'start');
  const out = join(folder, 'out');
  const heard = {
    bash: `dropcap() { { printf '<%s>' "$@"; echo; } >>${out}; }`,
    zsh: `dropcap() { { printf '<%s>' "$@"; echo; } >>${out}; }`,
    fish: `function dropcap; printf '<%s>' $argv >>${out}; echo >>${out}; end`,
  };
  writeFileSync(start, `${source.replaceAll('%', folder)}\n${heard[shell]}\n`);
  return { folder, start, out };
}

const COMPINIT = 'autoload -Uz compinit; compinit -u -d %/dump';
const ALL_MATCHES = `
zle -C all-matches complete-word _generic
bindkey '^[*' all-matches
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert yes`;

/** Ways of setting completion up, as the help of the command names them. */
export const SETUPS: Readonly<
  Record<string, { readonly shell: Shell; readonly source: string; readonly needs?: string }>
> = {
  'bash, by source': { shell: 'bash', source: 'source %/script' },
  'bash, by bash-completion': {
    shell: 'bash',
    source: `BASH_COMPLETION_USER_DIR=%; source ${BASH_COMPLETION}`,
    needs: BASH_COMPLETION,
  },
  'zsh, by source': { shell: 'zsh', source: `${COMPINIT}\nsource %/script${ALL_MATCHES}` },
  'zsh, by $fpath': { shell: 'zsh', source: `fpath=(% $fpath)\n${COMPINIT}${ALL_MATCHES}` },
  'fish, by source': { shell: 'fish', source: 'source %/script' },
};

/** Why a way of setting up cannot be tried here, or undefined. */
export function missing(name: string): string | undefined {
  const { shell, needs } = SETUPS[name]!;
  if (!has(shell)) return `${shell} is not installed`;
  if (needs !== undefined && !existsSync(needs)) return `${needs} is not there`;
  return canType() ? undefined : 'script of util-linux is not installed';
}

const START: Readonly<Record<Shell, (start: string) => string>> = {
  bash: (start) => `bash --noprofile --rcfile ${start} -i`,
  zsh: () => 'zsh -d -i',
  fish: (start) => `fish --no-config -i -C 'source ${start}'`,
};

/** Types lines with keys such as TAB in a folder, each ended with Enter; gives the arguments that `dropcap` then got. */
export async function type(setup: string, lines: readonly string[], cwd: string): Promise<string[][]> {
  const { shell, source } = SETUPS[setup]!;
  const { folder, start, out } = await home(shell, source);
  mkdirSync(join(folder, 'cache'));
  execFileSync('script', ['-qec', START[shell](start), '/dev/null'], {
    cwd,
    input: [...lines, 'exit', ''].join('\n'),
    env: { ...process.env, TERM: 'dumb', HOME: folder, ZDOTDIR: folder, XDG_CACHE_HOME: join(folder, 'cache') },
    timeout: 30_000,
  });
  const calls = readFileSync(out, 'utf8').split('\n').slice(0, -1);
  return calls.map((call) => call.slice(1, -1).split('><'));
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

async function inBash(lines: readonly string[], cwd: string): Promise<string[][]> {
  const { stdout } = await dropcap(['completion', 'bash']);
  const ask = lines.map(
    (line) =>
      `COMP_WORDS=(${line.replace(/ $/, " ''")}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _dropcap; echo "\${COMPREPLY[*]}"`,
  );
  const answer = execFileSync('bash', ['-s'], { cwd, encoding: 'utf8', input: [stdout, ...ask, ''].join('\n') });
  return answer.split('\n').slice(0, -1).map(words);
}

async function inFish(lines: readonly string[], cwd: string): Promise<string[][]> {
  const { stdout } = await dropcap(['completion', 'fish']);
  const ask = lines.map((line) => `echo :(complete -C '${line}' | string split -f 1 \\t)`);
  const script = join(folderOf({ script: [stdout, ...ask, ''].join('\n') }), 'script');
  const answer = execFileSync('fish', ['--no-config', script], { cwd, encoding: 'utf8' });
  // A list that is joined to a word joins it to each of its own.
  return answer
    .split('\n')
    .slice(0, -1)
    .map((line) => words(line.replaceAll(/(^| ):/g, '$1')));
}

async function inZsh(lines: readonly string[], cwd: string): Promise<string[][]> {
  const typed = lines.map((line) => `${line}\u001b*`);
  const calls = await type('zsh, by source', typed, cwd);
  return calls.map((call, i) => call.slice(words(lines[i]!.replace(/\S+$/, '')).length - 1));
}

/** What a shell offers at the end of each line; paths are left to bash itself, and are not among its offers. */
export const offered: Readonly<Record<Shell, (lines: readonly string[], cwd: string) => Promise<string[][]>>> = {
  bash: inBash,
  zsh: inZsh,
  fish: inFish,
};
