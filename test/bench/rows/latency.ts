import { arrive, dropcap, floor, inBlocks, rate, warmUp, type Bench } from '../bench.ts';
import type { Server } from '../servers.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

/** Many more than are busy at once, so that a pause of the server is seen as late answers and not as missing connections. */
const connections = 200;

/** How late the slowest in a hundred are answered when 500 a second arrive, independent of each other. */
export const latency: Row = {
  name: 'latency',
  async measure(bench) {
    const servers = { dropcap: await dropcap(bench), floor: await floor(bench) };
    for (const server of Object.values(servers)) await warmUp(bench, server, 'typical');
    const p99s = await inBlocks(bench, bench.quick ? 6 : 20, {
      dropcap: () => p99(bench, servers.dropcap),
      floor: () => p99(bench, servers.floor),
    });
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    return [
      {
        title: `p99 at ${rate} requests/s ÷ floor's, typical`,
        must: 2.5,
        aim: 1.5,
        unit: '',
        measured: estimate(ratios(p99s.dropcap, p99s.floor), bench.random),
        note: `${median(p99s.dropcap).toFixed(2)} ms ÷ ${median(p99s.floor).toFixed(2)} ms`,
      },
    ];
  },
};

async function p99(bench: Bench, server: Server): Promise<number> {
  await bench.generator.connect(server.port, connections);
  return (await arrive(bench, server, 2000)).p99;
}
