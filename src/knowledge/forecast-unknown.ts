/** What a manifest cannot tell of what hardening breaks. */
import type { Facts } from './forecast-facts.ts';
import type { Hazard } from './forecast-hazards.ts';
import type { Started } from './forecast-starts.ts';

const OWNERSHIP = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'];
const SCRIPT = /(?:\.(?:sh|bash|py|pl|rb)|entry-?point[\w.-]*)$/i;

const takes = ({ launch: { before, after } }: Facts, names: readonly string[]): boolean =>
  names.some((name) => before.capabilities.has(name) && !after.capabilities.has(name));

function ofProgram({ calls, imageFirst, launch }: Facts, started: readonly Started[]): string[] {
  const scripts = [...new Set(calls.flatMap(({ words }) => words.filter((word) => SCRIPT.test(word))))];
  const image = launch.image === '' ? 'the image' : launch.image;
  if (imageFirst && calls.length === 0 && started.length === 0)
    return [
      `What ${image} starts: the manifest names no command, and the name of the image is not one that dropcap knows.`,
    ];
  const isKnown = started.some(({ start }) => start.sign?.entrypoint);
  if (imageFirst && scripts.length === 0 && !isKnown)
    return [`What the entrypoint of ${image} does before it starts the program: change owners, become another user.`];
  return scripts.map((script) => `What ${script} does: its text is not in the manifest.`);
}

function ofUser({ user, launch: { uid, neverRoot } }: Facts): string[] {
  if (uid !== undefined || neverRoot) return [];
  const taken = user === 'user' ? 'By its name it does not run as root' : 'It is taken for root here';
  return [`Whether it runs as root: runAsUser and runAsNonRoot are not set, so the image decides. ${taken}.`];
}

/** File capabilities and setuid files are in the image only. */
function ofFiles(facts: Facts): string[] {
  const { user, launch } = facts;
  const flag = launch.before.mayEscalate && !launch.after.mayEscalate;
  const marked = 'a file marked with a capability that is taken (getcap -r / in the image) is not started at all';
  if (user !== 'user') return [`Whether it starts marked files: ${marked}.`];
  const setuid = flag
    ? ', and a setuid or setgid helper (sudo, su, passwd, crontab) no longer becomes another user'
    : '';
  return [
    `Whether it starts marked files or setuid helpers: ${marked}${setuid}. Without any, a user's process loses nothing.`,
  ];
}

function ofOwners(facts: Facts): string[] {
  const { user, launch } = facts;
  if (user === 'user' || !takes(facts, OWNERSHIP)) return [];
  const where = launch.volumes.length > 0 ? `on its volumes (${[...new Set(launch.volumes)].join(', ')})` : 'it uses';
  const group = launch.hasFsGroup ? ' fsGroup opens volumes that take it.' : '';
  return [
    `Who owns the files ${where}: root without DAC_OVERRIDE, FOWNER and CHOWN is refused what another user closed to it.${group}`,
  ];
}

const ofPorts = (facts: Facts): string[] =>
  facts.lowPort === undefined || facts.opensPorts || !takes(facts, ['NET_BIND_SERVICE'])
    ? []
    : [
        `Whether the runtime opens port ${facts.lowPort} to all: containerd 2 does, containerd 1.6 does not. The sysctl net.ipv4.ip_unprivileged_port_start in the pod settles it.`,
      ];

const ofBroken = (hazards: readonly Hazard[]): string[] =>
  hazards
    .filter(({ program, sure }) => program !== undefined && sure !== 'possible')
    .map(
      ({ program, needs }) =>
        `Whether ${program!} works today: it was measured to need ${needs.join(' ')}, and the container does not hold all of these.`,
    );

/** A sentence for each thing that is not in the manifest and matters. */
export const unknownOf = (
  facts: Facts,
  started: readonly Started[],
  brokenBefore: readonly Hazard[],
): readonly string[] => [
  ...new Set([
    ...ofProgram(facts, started),
    ...ofUser(facts),
    ...ofFiles(facts),
    ...ofOwners(facts),
    ...ofPorts(facts),
    ...ofBroken(brokenBefore),
  ]),
];
