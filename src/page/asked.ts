/** What a request to the page asks for: a period, a filter, and where to go on. */
import { filterIn, parameterName, valueIn } from '../store/filter-parameters.ts';
import { Unexpected, type Reader } from '../store/filter-values.ts';
import type { AuditFilter } from '../store/terms.ts';
import type { Params } from './href.ts';
import { DEFAULT, exactPeriod, isPeriodName, periodOf, PERIODS, type AskedPeriod, type PeriodName } from './period.ts';

type Field = keyof AuditFilter;

/** All that was asked, read. */
export interface Asked {
  readonly period: AskedPeriod;
  /** With the times of the period. */
  readonly filter: AuditFilter;
  /** The parameters as they were given, without those that are empty: links to other views take them along. */
  readonly params: Params;
}

/** The fields of a view's form, and its other parameters. */
export interface Terms {
  readonly fields: readonly Field[];
  readonly others: readonly string[];
}

const periodName: Reader<PeriodName> = (text) => {
  if (!isPeriodName(text)) throw new Unexpected(text, Object.keys(PERIODS).join(', '));
  return text;
};

/** What a form's time field sends: all times of the page are UTC. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

const isTime = (name: string): boolean => name === 'since' || name === 'until';

/**
 * Parameters as they are read: without those that a form left empty, times in UTC, and no period beside times, for a form has
 * always one chosen.
 */
export function tidied(parameters: URLSearchParams): URLSearchParams {
  const given = [...parameters].filter(([, text]) => text.trim() !== '');
  const hasTimes = given.some(([name]) => isTime(name));
  return new URLSearchParams(
    given
      .filter(([name]) => !(hasTimes && name === 'period'))
      .map(([name, text]): [string, string] => [name, isTime(name) && WITHOUT_ZONE.test(text) ? `${text}Z` : text]),
  );
}

/** Reads the parameters of a view. Throws `WrongParameter`. */
export function askedIn(parameters: URLSearchParams, { fields, others }: Terms, now: number): Asked {
  const times: Field[] = ['since', 'until'];
  const given = filterIn(parameters, ['period', ...others], [...times, ...fields]);
  const name = valueIn(parameters, 'period', periodName);
  const isExact = given.since !== undefined || given.until !== undefined;
  const period = isExact ? exactPeriod(given) : periodOf(name ?? DEFAULT, now);
  const { since } = period;
  return {
    period,
    filter: since === undefined ? given : { ...given, since },
    params: Object.fromEntries(parameters),
  };
}

/** The parameters that stand for the period alone. */
export const periodParams = ({ params }: Asked): Params => ({
  period: params['period'],
  since: params['since'],
  until: params['until'],
});

/** Those that every view understands: period and namespace. */
export const commonParams = (asked: Asked): Params => ({
  ...periodParams(asked),
  namespace: asked.params[parameterName('namespace')],
});
