/**
 * The Linux capabilities, in the order of their numbers 0 to 40 (linux/capability.h, kernel 5.9 and later).
 * Spelt as Kubernetes wants them: upper case, without `CAP_`.
 */
export const CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
] as const;

/** The wildcard that stands for every capability. */
export const ALL = 'ALL';

const known: ReadonlySet<string> = new Set(CAPABILITIES);

/** Is this canonical name one of the 41? `ALL` is not. */
export const isCapability = (name: string): boolean => known.has(name);

/** Upper case as Go has it, letter by letter: JavaScript makes ST of the one letter `ﬆ`, and the runtimes do not. */
export function upper(entry: string): string {
  const text = entry.toUpperCase();
  return text.length === entry.length ? text : entry;
}

const canonicalForms = new Map<string, string>();

/**
 * The name that two spellings of one capability share: upper case, without an optional `CAP_` prefix in any case.
 * For comparing, not for writing: a runtime may take one spelling and not the other (see runtimes.ts).
 */
export function canonical(entry: string): string {
  const seen = canonicalForms.get(entry);
  if (seen !== undefined) return seen;
  const text = upper(entry);
  const name = text.startsWith('CAP_') ? text.slice(4) : text;
  // Entries come from pod authors: remember only those that name something, so that the cache cannot be filled up.
  if (entry.length < 32 && (known.has(name) || name === ALL)) canonicalForms.set(entry, name);
  return name;
}

/** Does every runtime read this entry as the wildcard? They compare without case and without a prefix. */
export const isAll = (entry: string): boolean => entry === ALL || (entry.length === 3 && entry.toUpperCase() === ALL);

/** Does a list hold the wildcard in any case? In drop this empties the set at run time on every runtime. */
export const holdsAll = (entries: readonly string[]): boolean => entries.some(isAll);
