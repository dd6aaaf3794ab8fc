/** Completion in bash. */
import type { CompletedCommand, Offer } from './completion-terms.ts';

const FRAME = `
# What may stand in a command: commands, options, and words or paths as arguments.
_dropcap_in() {
  commands='' options='' words='' paths=''
  case "$1" in
@commands@
  esac
}

# What an option of a command takes: words or paths. Fails where it takes nothing.
_dropcap_value() {
  case "$1 $2" in
@values@
    *) return 1 ;;
  esac
}

_dropcap() {
  local IFS=$' \\t\\n' current=\${COMP_WORDS[COMP_CWORD]} command='' option='' only_arguments='' word i
  local commands options words paths
  _dropcap_in ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $option ]]; then
      # bash splits --output=json in three.
      [[ $word == '=' ]] || option=''
    elif [[ -n $only_arguments ]]; then
      continue
    elif [[ $word == '--' ]]; then
      only_arguments=yes
    elif _dropcap_value "$command" "$word"; then
      option=$word
    elif [[ $word != -* && " $commands " == *" $word "* ]]; then
      command+="\${command:+ }$word"
      _dropcap_in "$command"
    fi
  done

  if [[ -n $option ]]; then
    _dropcap_value "$command" "$option"
    [[ $current != '=' ]] || current=''
  else
    _dropcap_in "$command"
    words="$commands $words"
    if [[ $current == -* && -z $only_arguments ]]; then
      words=$options paths=''
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # Paths are left to readline, which knows how to quote them.
  case $paths in
    files) compopt -o default ;;
    folders) compopt -o plusdirs ;;
  esac 2>/dev/null
}

complete -F _dropcap dropcap
`;

const settings = ({ words, paths }: Pick<Offer, 'words' | 'paths'>): string =>
  `words='${words.join(' ')}' paths=${paths === 'none' ? "''" : paths}`;

function inCommand({ path, commands, options, args }: CompletedCommand): string {
  const names = commands.map(({ name }) => name).join(' ');
  const flags = options.flatMap((option) => option.names).join(' ');
  // One argument is completed like another: no command has two of different kinds.
  const [argument = { words: [], paths: 'none' as const }] = args;
  return `    '${path.join(' ')}') commands='${names}' options='${flags}' ${settings(argument)} ;;`;
}

const valuesIn = ({ path, options }: CompletedCommand): string[] =>
  options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((name) => `'${[path.join(' '), name].join(' ')}'`);
    return [`    ${patterns.join(' | ')}) ${settings(value)} ;;`];
  });

/** A script that bash sources. */
export const asBash = (commands: readonly CompletedCommand[], version: string): string =>
  `# bash completion of dropcap ${version}, as dropcap completion bash prints it. Needs bash 4.\n${FRAME}`
    .replace('@commands@', () => commands.map(inCommand).join('\n'))
    .replace('@values@', () => commands.flatMap(valuesIn).join('\n'));
