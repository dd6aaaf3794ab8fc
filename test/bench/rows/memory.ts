import { connections, dropcap } from '../bench.ts';
import { estimate } from '../statistics.ts';
import type { Row } from './row.ts';

/** Resident memory under saturation, sampled every second, and whether it goes on growing. */
export const memory: Row = {
  name: 'memory',
  async measure(bench) {
    const [first, more] = bench.quick ? [10, 20] : [60, 180];
    const server = await dropcap(bench);
    const { port } = server;
    await bench.generator.connect(port, connections);
    const idle = (await server.usage()).resident / 1e6;
    const samples: number[] = [];
    for (let second = 0; second < first + more; second++) {
      await bench.generator.saturate({ port, payload: 'typical', timeout: 5000, ms: 1000, connections });
      samples.push((await server.usage()).resident / 1e6);
    }
    await server.stop();
    const after = estimate(samples.slice(first - Math.ceil(first / 10), first), bench.random);
    const last = samples.slice(-Math.ceil(more / 10)).map((resident) => 100 * (resident / after.median - 1));
    const note = bench.quick ? `a quick run: after ${first} s, growth over ${more} s` : undefined;
    return [
      {
        title: `resident memory after ${first} s of saturation`,
        must: 128,
        aim: 110,
        unit: ' MB',
        measured: after,
        note: [`${idle.toFixed(0)} MB before, ${Math.max(...samples).toFixed(0)} MB at most`, note]
          .filter(Boolean)
          .join('; '),
      },
      {
        title: `its growth over the next ${more} s`,
        must: 5,
        aim: 0,
        unit: '%',
        measured: estimate(last, bench.random),
        ...(note === undefined ? {} : { note }),
      },
    ];
  },
};
