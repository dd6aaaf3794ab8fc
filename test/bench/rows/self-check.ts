import { cpuPerRequest, floor, inGenerations, warmUp } from '../bench.ts';
import { estimate, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

const steadyWithin = 0.05;

/** The floor against itself: what is not 1.00 here is the machine's doing, and no other row can be more exact. */
export const selfCheck: Row = {
  name: 'self-check',
  async measure(bench) {
    const cpu = await inGenerations(bench, async () => {
      const servers = [await floor(bench), await floor(bench)] as const;
      for (const server of servers) await warmUp(bench, server, 'typical');
      const slice = (server: (typeof servers)[number]) => () => cpuPerRequest(bench, server, 'typical');
      return { servers, sides: { one: slice(servers[0]), again: slice(servers[0]), other: slice(servers[1]) } };
    });
    const same = estimate(ratios(cpu.again, cpu.one), bench.random);
    const other = estimate(ratios(cpu.other, cpu.one), bench.random);
    const steady = Math.abs(same.median - 1) <= steadyWithin;
    return [
      {
        title: 'self-check: floor ÷ itself, to be 1.00 ± 0.05',
        unit: '',
        measured: same,
        verdict: steady ? 'steady' : 'TOO NOISY',
        ...(steady ? {} : { note: 'this machine is too noisy to conclude anything' }),
      },
      { title: 'floor ÷ another process of the same code', unit: '', measured: other },
    ];
  },
};
