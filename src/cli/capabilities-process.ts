/** What `dropcap capabilities --pid` says of a process. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { printable } from '../audit/printable.ts';
import { rangesOf } from '../knowledge/capabilities-mask.ts';
import {
  explained,
  isInUserNamespace,
  readStatus,
  SET_MEANINGS,
  SET_NAMES,
  type ProcessStatus,
  type SetName,
} from '../knowledge/capabilities-process.ts';
import { capabilityTable, sentence, table, type Page } from './capabilities-text.ts';
import { BadInput } from './context.ts';
import { whyNot } from './say.ts';

/** A process and what its status says. */
export interface FoundProcess {
  readonly pid: number;
  readonly status: ProcessStatus;
  /** Is it known to be in a user namespace other than the first? */
  readonly inUserNamespace: boolean;
}

const NAMESPACED =
  'It is in a user namespace: its capabilities count for what belongs to that (its mounts, its network), not for the node.';

const GONE = ['ENOENT', 'ESRCH'];

function statusText(file: string, pid: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (platform() !== 'linux')
      throw new BadInput([`error: --pid: found ${platform()}, expected Linux, which has /proc`]);
    const isGone = GONE.includes((error as NodeJS.ErrnoException).code ?? '');
    throw new BadInput([
      isGone
        ? `error: --pid: found no process ${pid}, expected one that runs here`
        : `error: --pid: ${whyNot(error, file)}`,
    ]);
  }
}

function inUserNamespace(pid: string): boolean {
  try {
    return isInUserNamespace(readFileSync(`/proc/${pid}/uid_map`, 'utf8'));
  } catch {
    // A kernel without user namespaces, or a process that has just ended: nothing to add to what its status says.
    return false;
  }
}

/** Reads /proc/PID/status. Throws where there is no such process, or its status cannot be read. */
export function readProcess(pid: string): FoundProcess {
  if (!/^[1-9]\d{0,9}$/.test(pid))
    throw new BadInput([`error: --pid: found ${pid === '' ? 'nothing' : pid}, expected the number of a process`]);
  const file = `/proc/${pid}/status`;
  const status = readStatus(statusText(file, pid));
  if (!status) throw new BadInput([`error: --pid: ${file}: found no CapEff and Uid in it, expected those of Linux`]);
  return { pid: Number(pid), status, inUserNamespace: inUserNamespace(pid) };
}

const NOT_WRITTEN = 'not written by this kernel';

function setRow(name: SetName, { sets }: ProcessStatus): string[] {
  const { field, means } = SET_MEANINGS[name];
  const set = sets[name];
  if (!set) return [field, '-', NOT_WRITTEN];
  const unknown = set.unknownBits.length > 0 ? `; unknown bits ${rangesOf(set.unknownBits)}` : '';
  return [field, set.mask, `${name}: ${means}${unknown}`];
}

function flagRow({ noNewPrivs }: ProcessStatus): string[] {
  if (noNewPrivs === undefined) return ['NoNewPrivs', '-', NOT_WRITTEN];
  return [
    'NoNewPrivs',
    noNewPrivs ? '1' : '0',
    noNewPrivs ? 'programs it starts gain nothing' : 'programs it starts may gain',
  ];
}

const sentences = ({ status, inUserNamespace: namespaced }: FoundProcess): string[] => [
  ...explained(status),
  ...(namespaced ? [NAMESPACED] : []),
];

/** The sets of a process, what they mean together, and what it has now. */
export function processText(found: FoundProcess, page: Page): string[] {
  const { pid, status } = found;
  const rows = [...SET_NAMES.map((name) => setRow(name, status)), flagRow(status)];
  const held = status.sets.effective?.capabilities ?? [];
  return [
    ...sentence(`Process ${pid} (${printable(status.name)}), uid ${status.uid}`, page).map(page.heading),
    '',
    ...table(['SET', 'MASK', 'WHAT IT IS'], rows, page),
    '',
    ...sentences(found).flatMap((text) => sentence(text, page)),
    ...(held.length > 0 ? ['', ...capabilityTable(held, page)] : []),
  ];
}

/** The same for programs. A set that an old kernel does not write is null. */
export function processJson(found: FoundProcess) {
  const { pid, status } = found;
  const { name, uid, noNewPrivs = null, sets } = status;
  const entries = SET_NAMES.map((setName) => {
    const set = sets[setName];
    if (!set) return [setName, null] as const;
    const { mask, unknownBits, capabilities } = set;
    return [setName, { mask, names: capabilities.map((facts) => facts.name), unknownBits }] as const;
  });
  return {
    pid,
    name,
    uid,
    inUserNamespace: found.inUserNamespace,
    noNewPrivs,
    ...Object.fromEntries(entries),
    explanation: sentences(found),
  };
}
