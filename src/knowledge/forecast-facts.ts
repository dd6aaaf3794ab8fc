/** What a launch says, put in order: which programs it starts, as whom, and which ports are open to all. */
import { parseImage } from '../engine/image.ts';
import { programsNamed } from './breakage-lookup.ts';
import { calledBy, isEntrypoint, type Called } from './forecast-commands.ts';
import type { Launch } from './forecast-terms.ts';

/** What is known of a container before hardening. */
export interface Facts {
  readonly launch: Launch;
  /** In the order of the command line. */
  readonly calls: readonly Called[];
  /** Does what the image starts by itself come first? */
  readonly imageFirst: boolean;
  /** `unknown` where the image decides. */
  readonly user: 'root' | 'user' | 'unknown';
  /** Declared ports and those in the command line; empty where there are none. */
  readonly ports: readonly number[];
  readonly lowPort: number | undefined;
  /** Does the pod itself open its low ports to all? */
  readonly opensPorts: boolean;
  /** Does it open ping to all? */
  readonly opensPing: boolean;
}

const FIRST_OPEN_PORT = 1_024;
const LAST_PORT = 65_535;
const OPENS = 'NET_BIND_SERVICE';

/** Options that a server is told its port by; other programs use them too, for ports of others. */
const PORT_OPTION =
  /^(?:-p|-l|--?(?:(?:http|https|secure|insecure|listen|server|bind|web)[.-]?)?(?:port|addr|address|listen|bind)(?:-addr(?:ess)?)?)$/;
const CLIENTS =
  /^(?:ssh|scp|sftp|curl|wget|psql|mysql\w*|redis-cli|mongo\w*|pg_\w+|nslookup|dig|mkdir|kubectl|git|docker)$/;
const OWN_ADDRESS = /(?:^|=)(?:(?:0\.0\.0\.0|\[[\da-f:]*\]|\*|localhost|127\.0\.0\.1)?:)(\d{1,5})$/i;
const ASSIGNED = /^(--?[a-z.-]+)=(\d{1,5})$/i;
const LISTENS = /LISTEN:(\d{1,5})\b/i;

const isPort = (port: number): boolean => port > 0 && port <= LAST_PORT;

function portIn(word: string, before: string): string | undefined {
  const [, option = '', number] = ASSIGNED.exec(word) ?? [];
  if (PORT_OPTION.test(option.toLowerCase())) return number;
  if (/^\d{1,5}$/.test(word) && (PORT_OPTION.test(before) || before === 'http.server')) return word;
  return (OWN_ADDRESS.exec(word) ?? LISTENS.exec(word))?.[1];
}

/** Is it a program of the table that opens no port, and means something else by such options? */
function opensNone(name: string): boolean {
  const programs = programsNamed(name);
  const opens = programs.some(({ server, starts }) => server || starts.some((one) => one.needs?.includes(OPENS)));
  return CLIENTS.test(name) || (programs.length > 0 && !opens);
}

const portsOf = ({ name, words }: Called): readonly number[] =>
  opensNone(name) ? [] : words.flatMap((word, i) => portIn(word, words[i - 1] ?? '') ?? []).map(Number);

function opensPorts(sysctls: Launch['sysctls'], lowest: number | undefined): boolean {
  const first = Number(sysctls['net.ipv4.ip_unprivileged_port_start']?.trim() || NaN);
  return first <= (lowest ?? 1);
}

function opensPing(sysctls: Launch['sysctls'], uid: number): boolean {
  const [low = NaN, high = NaN] = (sysctls['net.ipv4.ping_group_range'] ?? '').trim().split(/\s+/).map(Number);
  return low === 0 && high >= uid;
}

/** Images that are made to run as another user than root, though those they are called after do not. */
const ROOTLESS =
  /(?:^|[/:-])(?:bitnami|bitnamilegacy|bitnamisecure|chainguard|nonroot|rootless|unprivileged)(?:$|[/:-])/;
/** Official images that have named a user for years. */
const NAMES_USER = /^library\/(?:haproxy|memcached|varnish)$/;

function imageUser(image: string): 'user' | 'unknown' {
  const { registry = '', repository = '', tag = '' } = parseImage(image) ?? {};
  const isRootless = ROOTLESS.test(`${repository}:${tag}`) || (registry === 'docker.io' && NAMES_USER.test(repository));
  return isRootless ? 'user' : 'unknown';
}

function userOf({ neverRoot, uid, image }: Launch): Facts['user'] {
  if (neverRoot || (uid !== undefined && uid !== 0)) return 'user';
  return uid === 0 ? 'root' : imageUser(image);
}

/** Puts a launch in order. */
export function factsOf(launch: Launch): Facts {
  const { command, args, sysctls, uid } = launch;
  const isNamed = command.length > 0;
  const words = isNamed ? [...command, ...args] : args[0]?.startsWith('-') ? [] : args;
  const calls = calledBy(words);
  const ports = [...new Set([...launch.ports, ...calls.flatMap(portsOf)])].filter(isPort).sort((a, b) => a - b);
  const lowPort = ports.find((port) => port < FIRST_OPEN_PORT);
  return {
    launch,
    calls,
    imageFirst: !isNamed || calls.some(({ name }) => isEntrypoint(name)),
    user: userOf(launch),
    ports,
    lowPort,
    opensPorts: opensPorts(sysctls, lowPort),
    opensPing: opensPing(sysctls, uid ?? 0),
  };
}
