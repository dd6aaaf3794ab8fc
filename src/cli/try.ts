/** `dropcap explain --try`: a line of shell for each container that runs its image as the cluster would after hardening. */
import { printable } from '../audit/printable.ts';
import { kindOf, type Chosen } from './explain-container.ts';
import type { ContainerEngine } from './explain.ts';
import { workloadName } from './decide.ts';
import { jsonOf } from './launch.ts';
import { textIn, textsIn } from './launch-fields.ts';
import { environmentFlags, missingSettings, rootFlags, sysctlFlags, userFlags, volumeFlags } from './try-pod.ts';
import { rightsFlags } from './try-rights.ts';
import { commandLine } from './try-shell.ts';

const comment = (text: string): string => `# ${printable(text)}`;

/** `$$` stands for a dollar sign that begins no reference. */
const unescaped = (words: readonly string[]): string[] => words.map((word) => word.replaceAll('$$', '$'));

const hasReference = (word: string): boolean => /\$\([^)]*\)/.test(word.replaceAll('$$', ''));

/** What is started: the entrypoint, and what stands after the image. */
function startOf({ decided, container }: Chosen) {
  const json = jsonOf(decided, container);
  const [command, args] = [textsIn(json, 'command'), textsIn(json, 'args')];
  const [entrypoint, ...rest] = unescaped(command);
  const missing = [...command, ...args].some(hasReference)
    ? ['$(NAME) in command and args, where the cluster puts the value of a variable']
    : [];
  return { entrypoint, words: [...rest, ...unescaped(args)], missing };
}

function processFlags({ decided, container }: Chosen, entrypoint: string | undefined): string[][] {
  const json = jsonOf(decided, container);
  const folder = textIn(json, 'workingDir');
  return [
    json['stdin'] === true ? ['-i'] : [],
    json['tty'] === true ? ['-t'] : [],
    folder === '' ? [] : ['--workdir', folder],
    entrypoint === undefined ? [] : ['--entrypoint', entrypoint],
  ];
}

function whyNot({ decided, container }: Chosen): string | undefined {
  const skipped = decided.decision.findings.find(({ outcome }) => outcome === 'skipped');
  if (skipped) return skipped.reason;
  // What begins with a dash would be read as a flag.
  return /^[a-z0-9]/i.test(container.image) ? undefined : `no image to run: found ${container.image || 'none'}`;
}

function linesFor(chosen: Chosen, engine: ContainerEngine): string[] {
  const { file, decided, container } = chosen;
  const title = comment(`${file}: ${workloadName(decided)}: ${kindOf(chosen)} ${container.name}`);
  const why = whyNot(chosen);
  if (why !== undefined) return [title, comment(why), ''];
  const start = startOf(chosen);
  const environment = environmentFlags(chosen);
  const sysctls = sysctlFlags(chosen);
  const flags = [
    rightsFlags(chosen, engine),
    userFlags(chosen),
    rootFlags(chosen, engine),
    volumeFlags(chosen, engine),
    sysctls,
    environment,
  ];
  const missing = [...flags.flatMap((one) => one.missing), ...missingSettings(chosen), ...start.missing];
  return [
    title,
    ...missing.map((text) => comment(`not carried over: ${text}`)),
    ...(environment.names.length > 0
      ? [comment(`set these first, their values are not printed: ${environment.names.join(', ')}`)]
      : []),
    commandLine([
      [engine, 'run', '--rm'],
      ...flags.flatMap(({ words }) => words),
      ...processFlags(chosen, start.entrypoint),
      [container.image, ...start.words],
    ]),
    '',
  ];
}

const OPEN = [
  'Ports below 1024 and ping are closed to programs without capabilities, as on nodes with CRI-O or containerd before 2.0.',
  'Where your nodes open them to all (containerd 2.0 and later), leave out the two net.ipv4 sysctls.',
];

/** The lines of shell for some containers; comments say what they cannot bring about. */
export function asCommands(chosen: readonly Chosen[], engine: ContainerEngine): string {
  if (chosen.length === 0) return '';
  return `${[...OPEN.map(comment), '', ...chosen.flatMap((one) => linesFor(one, engine))].join('\n')}\n`;
}
