/** What can be asked under /audit: paths, their parameters, and the questions that they put to the reader. */
import { VALUES, numberTo, Unexpected, type Reader } from '../store/filter-values.ts';
import { filterIn, parameterName, refuseOthers, valueIn, WrongParameter } from '../store/filter-parameters.ts';
import type { AuditFilter, AuditReader } from '../store/terms.ts';

/** There is nothing of this name. */
export class NoRecord extends Error {
  override readonly name = 'NoRecord';
}

/** One path. `:name` in it is given to `answer`, which resolves to what is sent as JSON. */
export interface AuditQuestion {
  readonly path: string;
  /** For people. */
  readonly about: string;
  readonly parameters: readonly string[];
  readonly answer: (reader: AuditReader, parameters: URLSearchParams, name: string) => Promise<object>;
}

const FILTERS = (Object.keys(VALUES) as (keyof AuditFilter)[]).map(parameterName);
const PERIOD = ['since', 'until'] as const;

const MOST = 1_000;
const ENTRIES = 50;
const NAMESPACES = 100;
const UIDS = 10;

const limitIn = (parameters: URLSearchParams, usual: number): number =>
  valueIn(parameters, 'limit', numberTo(MOST)) ?? usual;

const aPrefix: Reader<string> = (text) => {
  if (!/^[\w-]{1,64}$/.test(text)) throw new Unexpected(text, 'the beginning of a uid');
  return text;
};

const aPlace: Reader<string> = (text) => {
  if (!/^[\w:.-]{1,128}$/.test(text)) throw new Unexpected(text, 'the "next" of another page');
  return text;
};

async function list(reader: AuditReader, parameters: URLSearchParams): Promise<object> {
  const filter = filterIn(parameters, ['limit', 'after']);
  const after = valueIn(parameters, 'after', aPlace);
  return reader.list(filter, limitIn(parameters, ENTRIES), after).catch((error: unknown) => {
    const { message } = error as Error;
    // The store knows what it cannot go on from.
    throw message.includes('no place in the list') ? new WrongParameter(`after: ${message}`, { cause: error }) : error;
  });
}

async function show(reader: AuditReader, parameters: URLSearchParams, uid: string): Promise<object> {
  refuseOthers(parameters, []);
  const entry = await reader.show(uid);
  if (!entry) throw new NoRecord(`no record has the uid ${uid}`);
  return entry;
}

async function postures(reader: AuditReader, parameters: URLSearchParams): Promise<object> {
  const period = filterIn(parameters, ['limit'], PERIOD);
  return { namespaces: await reader.postures(period, limitIn(parameters, NAMESPACES)) };
}

async function uids(reader: AuditReader, parameters: URLSearchParams): Promise<object> {
  refuseOthers(parameters, ['prefix', 'limit']);
  const prefix = valueIn(parameters, 'prefix', aPrefix);
  if (prefix === undefined) throw new WrongParameter('prefix: found nothing, expected the beginning of a uid');
  return { uids: await reader.uids(prefix, limitIn(parameters, UIDS)) };
}

async function lastUse(reader: AuditReader, parameters: URLSearchParams, exception: string): Promise<object> {
  refuseOthers(parameters, []);
  return { exception, lastUse: await reader.lastUse(exception) };
}

/** All of them. */
export const QUESTIONS: readonly AuditQuestion[] = [
  {
    path: '/records',
    about: 'requests, the newest first; next is where to go on, by after',
    parameters: [...FILTERS, 'limit', 'after'],
    answer: list,
  },
  { path: '/records/:name', about: 'one request, by its uid', parameters: [], answer: show },
  {
    path: '/stats',
    about: 'how often what was found',
    parameters: FILTERS,
    answer: (reader, parameters) => reader.stats(filterIn(parameters)),
  },
  {
    path: '/postures',
    about: 'namespaces, those with the most findings first',
    parameters: [...PERIOD, 'limit'],
    answer: postures,
  },
  { path: '/uids', about: 'uids that begin with prefix', parameters: ['prefix', 'limit'], answer: uids },
  {
    path: '/exceptions/:name/last-use',
    about: 'when an exception last spared something, in milliseconds since 1970',
    parameters: [],
    answer: lastUse,
  },
];

/** The path that has all records, a line of JSON for each. */
export const EXPORT = {
  path: '/export',
  about: 'all records, the oldest first, as JSON lines',
  parameters: FILTERS,
} as const;
