import { alternating, later } from '../alternating.ts';
import { dropcap, rate } from '../bench.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

/** What it costs that each answer waits until its record is on disk, over the same server without a store. */
export const durable: Row = {
  name: 'durable',
  async measure(bench) {
    const { cpu, p99 } = await alternating(bench, {
      on: () => dropcap(bench, undefined, { store: true }),
      off: () => dropcap(bench),
    });
    return [
      {
        title: `CPU at ${rate} requests/s with an audit store ÷ without, typical`,
        must: 1.25,
        aim: 1.15,
        unit: '',
        measured: estimate(ratios(cpu.on, cpu.off), bench.random),
        note: `${median(cpu.on).toFixed(0)} µs ÷ ${median(cpu.off).toFixed(0)} µs`,
      },
      {
        title: `p99 at ${rate} requests/s with an audit store − without, typical`,
        must: 5,
        aim: 3,
        ...later(p99, bench.random),
      },
    ];
  },
};
