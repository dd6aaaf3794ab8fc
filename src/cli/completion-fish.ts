/** Completion in fish. */
import type { CompletedCommand, CompletedOption, Offer } from './completion-terms.ts';

const FRAME = `
# Does an option of a command take a value?
function __dropcap_takes_value
    switch "$argv"
@taking@
            return 0
    end
    return 1
end

# Is this a subcommand of a command?
function __dropcap_is_command
    switch "$argv"
@subcommands@
            return 0
    end
    return 1
end

# Does the command line, up to the word that is being written, stand in this command?
function __dropcap_in
    set -l tokens (commandline -opc)
    set -l command
    set -l is_value no
    for token in $tokens[2..-1]
        if test $is_value = yes
            set is_value no
        else if test "$token" = --
            break
        else if __dropcap_takes_value $command $token
            set is_value yes
        else if __dropcap_is_command $command $token
            set -a command $token
        end
    end
    test "$command" = "$argv"
end

complete -c dropcap -e
complete -c dropcap -f
`;

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, (char) => `\\${char}`)}'`;

const switchCase = (words: readonly string[]): string => `        case ${words.map(quoted).join(' \\\n            ')}`;

const line = (path: readonly string[], rest: string): string =>
  `complete -c dropcap -n ${quoted(['__dropcap_in', ...path].join(' '))} ${rest}\n`;

const wordsOf = ({ words, paths }: Offer): string =>
  [...words, ...(paths === 'folders' ? ['(__fish_complete_directories)'] : [])].join(' ');

function valueOf(value: Offer | undefined): string {
  if (value === undefined) return '';
  if (value.paths === 'files') return ' -r -F';
  const words = wordsOf(value);
  return words === '' ? ' -x' : ` -x -a ${quoted(words)}`;
}

const flag = (name: string): string => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`);

const optionLine = (path: readonly string[], { names, about, value }: CompletedOption): string =>
  line(path, `${names.map(flag).join(' ')}${valueOf(value)} -d ${quoted(about)}`);

function linesOf({ path, commands, options, args }: CompletedCommand): string {
  const [argument] = args;
  return [
    ...commands.map(({ name, about }) => line(path, `-a ${name} -d ${quoted(about)}`)),
    ...options.map((option) => optionLine(path, option)),
    ...(argument?.paths === 'files' ? [line(path, '-F')] : []),
    ...(argument && wordsOf(argument) !== '' ? [line(path, `-a ${quoted(wordsOf(argument))}`)] : []),
  ].join('');
}

/** A script that fish sources. */
export function asFish(commands: readonly CompletedCommand[], version: string): string {
  const inside = ({ path }: CompletedCommand, name: string): string => [...path, name].join(' ');
  const taking = commands.flatMap((command) =>
    command.options
      .filter(({ value }) => value !== undefined)
      .flatMap(({ names }) => names.map((name) => inside(command, name))),
  );
  const subcommands = commands.flatMap((command) => command.commands.map(({ name }) => inside(command, name)));
  const frame = FRAME.replace('@taking@', () => switchCase(taking)).replace('@subcommands@', () =>
    switchCase(subcommands),
  );
  const header = `# fish completion of dropcap ${version}, as dropcap completion fish prints it.\n`;
  return `${header}${frame}\n${commands.map(linesOf).join('\n')}`;
}
