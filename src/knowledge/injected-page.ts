/** The part of the page on what others put into pods, in Markdown. */
import { asksFor, DEBUG_PROFILES, INJECTED_SOURCES, MESHES, takenBy, type Injected } from './injected.ts';
import { cell, table } from './markdown.ts';

/** What is taken; where the policies differ, what `compatible` leaves. */
function taken(one: Injected): string {
  if (one.privileged) return 'nothing can be';
  const [all, some] = [takenBy('restricted', one), takenBy('compatible', one)];
  const left = all.filter((name) => !some.includes(name));
  return (all.join(' ') || '–') + (left.length > 0 ? ` (\`compatible\` leaves ${left.join(' ')})` : '');
}

const exceptionOf = ({ exception }: Injected): string =>
  exception === undefined ? '' : `[${exception}](../policies/exceptions/${exception})`;

const sourcesOf = ({ sources }: Injected): string =>
  sources.map((name) => `[${name}](${INJECTED_SOURCES[name]!})`).join(', ');

const debugRow = (one: Injected): string[] => [
  `\`${one.name}\``,
  cell(one.who ?? ''),
  asksFor(one),
  taken(one),
  cell(one.breaks),
  cell(one.instead),
];

const meshRow = (one: Injected): string[] => [
  cell(one.name),
  one.container ?? '',
  asksFor(one),
  taken(one),
  cell(one.breaks),
  cell(one.instead),
  exceptionOf(one),
  sourcesOf(one),
];

const DEBUG = `## kubectl debug

\`kubectl debug POD\` adds an ephemeral container, which is hardened as any other; those that run already are left as they are. Its
profile decides what it asks for. \`taken\` is what \`restricted\` and \`compatible\` take of that; the runtime's default capabilities go
too, but for the six that \`compatible\` gives back. What \`--custom\` adds is treated alike. \`--copy-to\` makes a pod, and
\`kubectl debug node/…\` one in the node's namespaces: \`chroot /host\` in it needs SYS_CHROOT, which both policies take, and only
\`sysadmin\` keeps. There is no profile \`auto\`.

Those who debug by NET_ADMIN or SYS_PTRACE need a HardeningException with \`containerKinds: [ephemeralContainers]\`, their namespaces
and the debug image; the names of these containers are made up each time.`;

const MESH = `## Service meshes

A mesh that redirects by a container in each pod needs NET_ADMIN in each pod; its CNI plugin does the same once a node, and frees
the pods of it. \`taken\` is meant as above. On the exceptions: [exceptions](exceptions.md).`;

/** Lines of Markdown. */
export const injectedLines = (): readonly string[] => [
  DEBUG,
  '',
  ...table(['profile', 'what it is', 'asks for', 'taken', 'breaks', 'instead'], DEBUG_PROFILES.map(debugRow)),
  '',
  `Source: [kubectl's profiles](${INJECTED_SOURCES['kubectl-profiles']!})`,
  '',
  MESH,
  '',
  ...table(
    ['mesh', 'container', 'asks for', 'taken', 'breaks', 'instead', 'exception', 'sources'],
    MESHES.map(meshRow),
  ),
  '',
];
