/** Exceptions in force: why, who answers for them, until when, and whether they are used. */
import type { Exception } from '../engine/policy-set.ts';
import { commonParams, type Asked } from './asked.ts';
import { href } from './href.ts';
import { html, type Html, type Part } from './html.ts';
import { badge } from './outcomes.ts';
import { matchWords } from './policy-words.ts';
import { table, type Column } from './table.ts';
import { dayTag, listed, num, timeTag } from './words.ts';

const DAY_MS = 86_400_000;
/** An exception that ends within so many days is marked. */
const SOON = 14;

/** An exception with its use. */
export interface Used {
  readonly exception: Exception;
  /** Fields spared in the period. */
  readonly uses: number;
  /** Milliseconds since 1970; undefined where it was never used, or not asked for. */
  readonly lastUse: number | undefined;
  readonly isAsked: boolean;
}

/** Whole days that are left, the last one included; negative where it has ended. */
function daysLeft(expires: string, now: number): number {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return (Date.parse(expires) - today) / DAY_MS;
}

function endOf({ spec: { expires } }: Exception, now: number): Part {
  if (expires === undefined) return html`<span class="muted">no end</span>`;
  const left = daysLeft(expires, now);
  const day = dayTag(Date.parse(expires));
  if (left < 0) return html`${day} ${badge('ended', 'bad')}`;
  if (left > SOON) return day;
  return html`${day} ${badge(left === 0 ? 'ends today' : `ends in ${left} day${left === 1 ? '' : 's'}`, 'warn')}`;
}

function freesOf({ spec: { keep, rules, policies } }: Exception): string {
  const parts = [
    ...(keep ? [`keeps ${listed(keep)}`] : []),
    ...(rules ? [`frees from ${listed(rules)}`] : []),
    ...(policies ? [`of ${listed(policies)} only`] : []),
  ];
  return parts.join('; ');
}

function lastUseOf({ lastUse, isAsked }: Used): Part {
  if (lastUse !== undefined) return timeTag(lastUse);
  return isAsked ? badge('never', 'warn') : '';
}

/** Exceptions; those that have ended or were not used say so. */
export function exceptionTable(used: readonly Used[], asked: Asked, now: number): Html {
  const params = commonParams(asked);
  const usesOf = ({ exception: { name }, uses }: Used): Part =>
    uses > 0
      ? html`<a href="${href('records', { ...params, exception: name })}">${num(uses)}</a>`
      : badge('not in this period', 'warn');
  const columns: Column<Used>[] = [
    { heading: 'Exception', cell: ({ exception: { name } }) => name },
    {
      heading: 'Reason and owner',
      kind: 'wide',
      cell: ({ exception: { spec } }) => html`${spec.reason} <span class="under">${spec.owner}</span>`,
    },
    { heading: 'Ends', cell: ({ exception }) => endOf(exception, now) },
    {
      heading: 'Spares',
      cell: ({ exception }) => html`${freesOf(exception)} <span class="under">${matchWords(exception.match)}</span>`,
    },
    { heading: 'Spared', cell: usesOf },
    { heading: 'Last use (UTC)', cell: lastUseOf },
  ];
  return table({
    caption: html`exceptions, those that were used most ${asked.period.words} first`,
    columns,
    rows: used,
  });
}
