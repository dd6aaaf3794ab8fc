import type { Estimate } from './statistics.ts';

/** What a number is counted in. */
export type Unit = '' | '%' | ' MB' | ' ms' | ' µs';

/** A number that the project has set itself, in the words of the table. */
export interface Goal {
  readonly title: string;
  /** Undefined where the number is printed for information only. */
  readonly must?: number;
  readonly aim?: number;
  readonly unit: Unit;
}

/** A goal and what was measured. */
export interface Result extends Goal {
  readonly measured: Estimate;
  /** What helps to read the number. */
  readonly note?: string;
  /** Set where the row judges itself. */
  readonly verdict?: string;
}

/** Which of its two marks a result has met. Where the aim is above the must, more is better. */
export function verdictOf({ must, aim, measured, verdict }: Result): string {
  if (verdict !== undefined) return verdict;
  if (must === undefined || aim === undefined) return '';
  const sign = aim > must ? -1 : 1;
  if (sign * measured.median <= sign * aim) return 'aim';
  return sign * measured.median <= sign * must ? 'must' : 'missed';
}
