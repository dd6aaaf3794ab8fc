/** The records of a running instance, by GET /audit of its admin port. */
import type { AuditRecord } from '../audit/record.ts';
import { parametersOf } from '../store/filter-parameters.ts';
import type { AuditEntry, AuditFilter, AuditPage, AuditReader, AuditStats, NamespacePosture } from '../store/terms.ts';
import { ask, RemoteFailure, request, textOf, type Instance } from './audit-remote-ask.ts';
import { BadInput } from './context.ts';

/** The most that one answer has. */
const PAGE = 1_000;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Is it an instance, and no file or database? */
export const isRemote = (place: string): boolean => /^https?:\/\//i.test(place);

function instanceAt(place: string, tokenFile: string | undefined): Instance {
  const wrong = (found: string, expected: string): BadInput =>
    new BadInput([`error: --audit-store: found ${found}, expected ${expected}`]);
  if (!URL.canParse(place)) throw wrong(place, 'a URL, as in http://127.0.0.1:8080');
  const url = new URL(place);
  if (url.username !== '' || url.password !== '')
    throw wrong('a user or password in the URL', 'a token, by --token-file');
  if (url.search !== '' || url.hash !== '')
    throw wrong(`${url.search}${url.hash} in the URL`, 'none: filters are options');
  if (tokenFile !== undefined && url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw wrong(
      `${url.origin} beside --token-file`,
      'https:// or a loopback address: over http:// whoever is on the way reads the token',
    );
  // The address of /audit itself is meant as well.
  return { base: url.origin + url.pathname.replace(/(?:\/audit)?\/?$/, ''), tokenFile };
}

const withLimit = (filter: AuditFilter, limit: number, after?: string): URLSearchParams => {
  const parameters = parametersOf(filter);
  parameters.set('limit', `${Math.min(limit, PAGE)}`);
  if (after !== undefined) parameters.set('after', after);
  return parameters;
};

/** A page of any length, of as many answers as it takes. */
async function list(instance: Instance, filter: AuditFilter, limit: number, after?: string): Promise<AuditPage> {
  const entries: AuditEntry[] = [];
  let next = after;
  do {
    const parameters = withLimit(filter, limit - entries.length, next);
    const page = (await ask(instance, '/audit/records', parameters)) as AuditPage;
    entries.push(...page.entries);
    ({ next } = page);
  } while (next !== undefined && entries.length < limit);
  return next === undefined ? { entries } : { entries, next };
}

async function show(instance: Instance, uid: string): Promise<AuditEntry | undefined> {
  try {
    return (await ask(instance, `/audit/records/${encodeURIComponent(uid)}`)) as AuditEntry;
  } catch (error) {
    if (error instanceof RemoteFailure && error.code === 'no-record') return undefined;
    throw error;
  }
}

async function* records(instance: Instance, filter: AuditFilter): AsyncGenerator<AuditRecord> {
  const path = '/audit/export';
  const answer = await request(instance, path, parametersOf(filter));
  let rest = '';
  for await (const text of textOf(instance, path, answer)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as AuditRecord;
  }
}

/** Asks the instance at a URL, with the token in a file. Throws `BadInput` where it should not be sent there. */
export function remoteReader(place: string, tokenFile: string | undefined): AuditReader {
  const instance = instanceAt(place, tokenFile);
  return {
    list: (...args) => list(instance, ...args),
    show: (uid) => show(instance, uid),
    uids: async (prefix, limit) => {
      const parameters = withLimit({}, limit);
      parameters.set('prefix', prefix);
      return ((await ask(instance, '/audit/uids', parameters)) as { uids: string[] }).uids;
    },
    stats: async (filter) => (await ask(instance, '/audit/stats', parametersOf(filter))) as AuditStats,
    postures: async (period, limit) => {
      const answer = await ask(instance, '/audit/postures', withLimit(period, limit));
      return (answer as { namespaces: NamespacePosture[] }).namespaces;
    },
    lastUse: async (exception) => {
      const answer = await ask(instance, `/audit/exceptions/${encodeURIComponent(exception)}/last-use`);
      return (answer as { lastUse?: number }).lastUse;
    },
    records: (filter) => records(instance, filter),
    // Nothing is kept open.
    close: () => Promise.resolve(),
  };
}
