/** A whole server on real ports, with real files, for one test or several. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { jest } from '@jest/globals';
import winston from 'winston';
import type { JournalTrail } from '../../src/audit/journal-trail.ts';
import { AuditTrail } from '../../src/audit/trail.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { policySetOf, type PolicySet } from '../../src/engine/policy-set.ts';
import type { HardeningException, HardeningPolicy, PolicyDocument } from '../../src/engine/policy.ts';
import { namespaceFile } from '../../src/kube/namespace-file.ts';
import type { NamespaceSource } from '../../src/kube/source.ts';
import { Certificate } from '../../src/server/certificate.ts';
import { serve, type RunningServer, type ServerParts } from '../../src/server/serve.ts';
import { authority, pathsIn, signedBy, writePair, type Pair } from './certificates.ts';
import { ask, type Reply } from './client.ts';
import type { JsonMap } from '../pods.ts';

/** `drop: [ALL]`, NET_BIND_SERVICE allowed, no escalation; opting out is not possible, so no labels are needed. */
export const restricted = (spec: Partial<HardeningPolicy['spec']> = {}, name = 'restricted'): HardeningPolicy => ({
  kind: 'HardeningPolicy',
  metadata: { name },
  spec: {
    mode: 'enforce',
    capabilities: { drop: ['ALL'], allowedAdd: ['NET_BIND_SERVICE'] },
    allowPrivilegeEscalation: false,
    optOut: { allowed: false },
    ...spec,
  },
});

/** An exception for everything, with a reason. */
export const exception = (name: string, spec: Partial<HardeningException['spec']>): HardeningException => ({
  kind: 'HardeningException',
  metadata: { name },
  spec: { reason: 'measured', owner: 'team-a', ...spec },
});

/** What a test may want otherwise. */
export interface Wishes {
  readonly policies?: readonly PolicyDocument[];
  /** Text of a file of Namespace documents. */
  readonly namespaces?: string;
  readonly namespaceSource?: NamespaceSource;
  readonly annotate?: boolean;
  readonly clientCa?: string;
  /** A folder that holds the pair already, and who signed it. */
  readonly mounted?: { readonly folder: string; readonly ca: Pair };
  readonly drainMs?: number;
  readonly adminPort?: number;
  /** What answers wait for; closed with the server. */
  readonly store?: JournalTrail;
  readonly auditRecord?: boolean;
  readonly results?: ServerParts['results'];
  readonly events?: ServerParts['events'];
}

/** A server that runs, and what a test needs to look at it. */
export interface TestServer {
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
  readonly ca: Pair;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly policies: { set: PolicySet; version: string; failures: number; lastErrors: string[] };
  readonly close: () => Promise<void>;
  /** Sends a review, or any text, to `/mutate`. */
  readonly post: (body: JsonMap | string | Buffer, path?: string) => Promise<Reply>;
  /** The audit records so far, once the last are written. */
  readonly records: () => Promise<AuditRecord[]>;
  /** The value of a metric by its name and some of its labels; 0 where there is no such series. */
  readonly metric: (name: string, labels?: Readonly<Record<string, string>>) => Promise<number>;
}

function logTo(lines: Record<string, unknown>[]): winston.Logger {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return winston.createLogger({
    level: 'debug',
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream })],
  });
}

// A busy machine is no failure: nothing here fails by being slow, only by never coming to be.
jest.setTimeout(60_000);

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until something holds; fails with what it was after ten seconds, so that a slow machine is no failure. */
export async function eventually<T>(look: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`never came to be; last: ${JSON.stringify(value)}`);
    await sleep(10);
  }
}

/** A new folder, removed by `remove`. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'dropcap-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function namespacesFor({ namespaces, namespaceSource }: Wishes, folder: string): NamespaceSource | undefined {
  if (namespaces === undefined) return namespaceSource;
  writeFileSync(join(folder, 'namespaces.yaml'), namespaces);
  return namespaceFile(join(folder, 'namespaces.yaml'));
}

function readMetric(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  const found = series.filter((line) => wanted.every((label) => line.includes(label)));
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

const ended = new Set<() => Promise<void>>();

/** Closes every server that a test left running. */
export async function closeAll(): Promise<void> {
  for (const close of ended) await close();
}

/** Starts a server. */
export async function start(wishes: Wishes = {}): Promise<TestServer> {
  const { folder, remove } = temporaryFolder();
  const ca = wishes.mounted?.ca ?? (await authority());
  if (!wishes.mounted) writePair(folder, await signedBy(ca));
  const auditLog = join(folder, 'audit.log');
  const log: Record<string, unknown>[] = [];
  const logger = logTo(log);
  const writer = { instance: 'replica-1', version: '1.2.3' };
  const onError = (error: Error): void => void logger.error('audit', { reason: error.message });
  const policies = { set: policySetOf(wishes.policies ?? [restricted()]), version: 'v1', failures: 0, lastErrors: [] };
  const parts = {
    policies: {
      current: () => policies.set,
      version: () => policies.version,
      status: () => ({ failures: policies.failures, lastErrors: policies.lastErrors, loadedAt: 1_700_000_000_000 }),
      close: () => undefined,
    } as unknown as ServerParts['policies'],
    certificate: new Certificate({ ...pathsIn(wishes.mounted?.folder ?? folder), clientCa: wishes.clientCa }),
    namespaces: namespacesFor(wishes, folder),
    trail: new AuditTrail({ file: auditLog, store: wishes.store, writer, onError }),
    log: logger,
    annotate: wishes.annotate ?? true,
    auditRecord: wishes.auditRecord,
    results: wishes.results,
    events: wishes.events,
    port: 0,
    admin: { host: '127.0.0.1', port: wishes.adminPort ?? 0 },
    clientCertificates: wishes.clientCa !== undefined,
    drainMs: wishes.drainMs ?? 0,
  };
  const running: RunningServer = await serve(parts);
  const { port, adminPort } = running;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= running.close());
  const end = async (): Promise<void> => {
    ended.delete(end);
    await close();
    remove();
  };
  ended.add(end);
  const scrape = async (): Promise<string> => (await ask({ port: adminPort, path: '/metrics', plain: true })).body;
  return {
    folder,
    port,
    adminPort,
    ca,
    log,
    policies,
    close,
    post: (body, path = '/mutate?timeout=10s') =>
      ask({ port, path, method: 'POST', ca: ca.cert, body: isText(body) ? body : JSON.stringify(body) }),
    records: async () => {
      if (!closing)
        await eventually(
          () => parts.trail.counts().backlog,
          (backlog) => backlog === 0,
        );
      return readFileSync(auditLog, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AuditRecord);
    },
    metric: async (name, labels = {}) => readMetric(await scrape(), name, labels),
  };
}

const isText = (body: JsonMap | string | Buffer): body is string | Buffer =>
  typeof body === 'string' || Buffer.isBuffer(body);
