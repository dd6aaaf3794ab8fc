/** Launches for tests: what a manifest says of nothing, and what is held before and after. */
import type { Holding, Launch } from '../../src/knowledge/forecast-terms.ts';

/** What containerd and Docker give by default. */
export const DEFAULTS: readonly string[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** What a container holds. */
export const holding = (capabilities: Iterable<string>, mayEscalate: boolean): Holding => ({
  capabilities: new Set(capabilities),
  mayEscalate,
});

/** A launch that says no more than this, of a container that loses all its defaults and escalation. */
export const launchOf = (said: Partial<Launch>): Launch => ({
  image: '',
  command: [],
  args: [],
  uid: undefined,
  neverRoot: false,
  hasFsGroup: false,
  ports: [],
  sysctls: {},
  volumes: [],
  before: holding(DEFAULTS, true),
  after: holding([], false),
  ...said,
});
