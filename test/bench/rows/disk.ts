import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { alternating, later } from '../alternating.ts';
import { floor, rate } from '../bench.ts';
import { differences, estimate, median } from '../statistics.ts';
import type { Row } from './row.ts';

/**
 * What waiting for this machine's disk costs a server that does nothing else: of the row `durable`, the part that is neither the
 * making of records nor the filling of a store.
 */
export const disk: Row = {
  name: 'disk',
  async measure(bench) {
    const { cpu, p99 } = await alternating(bench, {
      on: () => floor(bench, { asImage: true, journal: mkdtempSync(join(bench.folder, 'journal-')) }),
      off: () => floor(bench, { asImage: true }),
    });
    return [
      {
        title: `CPU at ${rate} requests/s, floor that waits for the disk − floor, typical`,
        unit: ' µs',
        measured: estimate(differences(cpu.on, cpu.off), bench.random),
        note: `${median(cpu.on).toFixed(0)} µs − ${median(cpu.off).toFixed(0)} µs`,
      },
      {
        title: `p99 at ${rate} requests/s, floor that waits for the disk − floor, typical`,
        ...later(p99, bench.random),
      },
    ];
  },
};
