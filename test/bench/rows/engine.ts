import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { EngineTimes } from '../engine.ts';
import { start } from '../processes.ts';
import type { Goal, Result } from '../result.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

/** `above` ÷ `below`, times `scale`. */
type Ratio = Goal & { readonly above: string; readonly below: string; readonly scale: number };

const overParse = (payload: string, goal: Partial<Goal>): Ratio => ({
  title: `engine ÷ JSON.parse of the same pod, ${payload}`,
  above: `evaluate ${payload}`,
  below: `parse ${payload}`,
  scale: 100,
  unit: '%',
  ...goal,
});

const overOne = (title: string, above: string): Ratio => ({
  title: `engine alone with ${title} ÷ with 1`,
  above,
  below: 'evaluate typical',
  scale: 1,
  unit: '',
});

const table: readonly Ratio[] = [
  overParse('typical', { must: 3, aim: 1.5 }),
  overParse('small', {}),
  overParse('large', {}),
  {
    title: 'cost per container at 1,000 ÷ at 10',
    must: 1.6,
    aim: 1.25,
    above: 'containers 1000',
    below: 'containers 10',
    scale: 1 / 100,
    unit: '',
  },
  overOne('500 policies', 'policies 500'),
  overOne('2,000 policies', 'policies 2000'),
  overOne('500 policies told apart by a label', 'policies 500 by label'),
];

/** What the engine adds to reading the pod, and whether that grows with containers and policies. */
export const engine: Row = {
  name: 'engine',
  async measure(bench) {
    const times = await timesOf(bench);
    return table.map(({ above, below, scale, ...goal }): Result => {
      const [ours, theirs] = [times[above]!, times[below]!];
      const measured = ratios(ours, theirs).map((ratio) => ratio * scale);
      const note = `${median(ours).toFixed(2)} µs ÷ ${median(theirs).toFixed(2)} µs`;
      return { ...goal, measured: estimate(measured, bench.random), note };
    });
  },
};

async function timesOf(bench: Bench): Promise<EngineTimes> {
  const child = start([join(import.meta.dirname, '../engine.ts'), String(bench.quick ? 8 : 20)], 'server');
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`timing the engine ended with code ${String(code)}`);
  });
  const [times] = (await Promise.race([once(child, 'message'), failed])) as [EngineTimes];
  failed.catch(() => undefined);
  return times;
}
