/** Completion in zsh. */
import type { CompletedCommand, CompletedOption, Offer } from './completion-terms.ts';

const END = `
# Read from a folder of $fpath, or sourced.
if [[ $funcstack[1] == _dropcap ]]; then
  _dropcap "$@"
else
  compdef _dropcap dropcap
fi
`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const escaped = (text: string): string => text.replaceAll(/[\\:[\]]/g, (char) => `\\${char}`);

const functionName = (path: readonly string[]): string => ['_dropcap', ...path].join('__').replaceAll('-', '_');

/** What _arguments does for a value: nothing, words, paths, or words and paths. Its own colons would end an option's. */
function action({ words, paths }: Offer): string {
  const listed = `(${words.join(' ')})`;
  if (paths === 'none') return words.length > 0 ? listed : ' ';
  const found = paths === 'files' ? '_files' : '_path_files -/';
  return words.length > 0 ? String.raw`_alternative "names\:name\:${listed}" "paths\:path\:${found}"` : found;
}

const message = ({ name }: Offer): string => escaped(name);

function optionSpec({ names, about, value, repeatable }: CompletedOption): string[] {
  const others = repeatable ? '*' : `(${names.join(' ')})`;
  const takes = value ? `:${message(value)}:${action(value)}` : '';
  return names.map((name) => {
    const glued = value === undefined ? '' : name.startsWith('--') ? '=' : '+';
    return quoted(`${others}${name}${glued}[${escaped(about)}]${takes}`);
  });
}

const functionOf = (path: readonly string[], lines: readonly string[]): string =>
  [`${functionName(path)}() {`, ...lines.map((text) => `  ${text}`), '}', ''].join('\n');

const specs = (options: readonly CompletedOption[]): string[] => options.flatMap(optionSpec);

function leaf({ path, options, args }: CompletedCommand): string {
  const places = args.map((argument, i) =>
    quoted(`${argument.variadic ? '*' : i + 1}:${message(argument)}:${action(argument)}`),
  );
  return functionOf(path, [`_arguments -s ${[...specs(options), ...places].join(' \\\n    ')}`]);
}

function branch({ path, commands, options }: CompletedCommand): string {
  const described = commands.map(({ name, about }) => quoted(`${name}:${escaped(about)}`));
  return functionOf(path, [
    'local curcontext=$curcontext state line ret=1',
    'typeset -A opt_args',
    'local -a commands=(',
    ...described.map((text) => `  ${text}`),
    ')',
    `_arguments -C ${[...specs(options), "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')} && ret=0`,
    'case $state in',
    "  command) _describe -t commands 'command' commands && ret=0 ;;",
    '  rest)',
    '    case $line[1] in',
    ...commands.map(({ name }) => `      ${name}) ${functionName([...path, name])} && ret=0 ;;`),
    '    esac ;;',
    'esac',
    'return ret',
  ]);
}

/** A script that zsh sources, or loads from a folder of `$fpath`. */
export function asZsh(commands: readonly CompletedCommand[], version: string): string {
  const header = `#compdef dropcap\n# zsh completion of dropcap ${version}, as dropcap completion zsh prints it.\n\n`;
  const functions = commands.map((command) => (command.commands.length > 0 ? branch(command) : leaf(command)));
  return `${header}${functions.join('\n')}${END}`;
}
