/** What only a cluster of our own has: the API server's audit log, the node's processes, and a way from it to this process. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the cluster that was made for this run; undefined where the tests run on one of the user's. */
export const ownCluster = process.env['DROPCAP_E2E_CLUSTER'];

/** One event of the API server's audit log, as far as the tests read it. */
export interface ServerEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  readonly requestObject?: { readonly metadata?: { readonly name?: string; readonly generateName?: string } };
  readonly annotations?: Readonly<Record<string, string>>;
}

const logFile = (): string => join(ownCluster!, 'audit.log');

/** How long the audit log is now, in bytes: a place to read on from. */
export function auditPosition(): number {
  const file = openSync(logFile(), 'r');
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

/** Events of the API server's audit log from a position on. A line that is being written is left out. */
export function serverEvents(from = 0): ServerEvent[] {
  const file = openSync(logFile(), 'r');
  try {
    const buffer = Buffer.alloc(fstatSync(file).size - from);
    readSync(file, buffer, 0, buffer.length, from);
    const lines = buffer.toString().split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as ServerEvent);
  } finally {
    closeSync(file);
  }
}
