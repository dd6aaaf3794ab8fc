import type { Bench } from '../bench.ts';
import type { Result } from '../result.ts';

/** One thing to find out; `--only` picks it by its name. */
export interface Row {
  readonly name: string;
  measure(bench: Bench): Promise<Result[]>;
}
