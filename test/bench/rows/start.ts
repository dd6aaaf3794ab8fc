import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inBlocks, settingOf, type Bench } from '../bench.ts';
import { pinnedCommand } from '../processes.ts';
import { startDropcap } from '../servers.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

/** How long a start takes, until the server says that it is ready, over the start of Node itself. */
export const start: Row = {
  name: 'start',
  async measure(bench) {
    const ms = await inBlocks(bench, bench.quick ? 8 : 20, { dropcap: () => ofDropcap(bench), node: ofNode });
    return [
      {
        title: 'start to ready ÷ node -e 0',
        must: 5,
        aim: 3.5,
        unit: '',
        measured: estimate(ratios(ms.dropcap, ms.node), bench.random),
        note: `${median(ms.dropcap).toFixed(0)} ms ÷ ${median(ms.node).toFixed(0)} ms`,
      },
    ];
  },
};

async function ofDropcap(bench: Bench): Promise<number> {
  const server = await startDropcap(settingOf(bench), { bare: true });
  await server.stop();
  return server.readyAfter;
}

async function ofNode(): Promise<number> {
  const begin = performance.now();
  await once(spawn(...pinnedCommand(['-e', '0'], 'server'), { stdio: 'ignore' }), 'exit');
  return performance.now() - begin;
}
