import { cpuPerRequest, dropcap, inGenerations, warmUp } from '../bench.ts';
import { single, type Layout } from '../policies.ts';
import type { Server } from '../servers.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

const layouts = {
  '500 policies ÷ with 1': { count: 500, apartBy: 'namespace' },
  '2,000 policies ÷ with 1': { count: 2000, apartBy: 'namespace' },
  '500 policies in one namespace, told apart by a label, ÷ with 1': { count: 500, apartBy: 'label' },
} as const satisfies Record<string, Layout>;
const titles = Object.keys(layouts) as (keyof typeof layouts)[];

/** Whether a request costs the same however many policies there are, when one of them covers it. */
export const policies: Row = {
  name: 'policies',
  async measure(bench) {
    const measured = await inGenerations(bench, async () => {
      const servers: Record<string, Server> = { one: await dropcap(bench, single) };
      for (const title of titles) servers[title] = await dropcap(bench, layouts[title]);
      for (const server of Object.values(servers)) await warmUp(bench, server, 'typical');
      const sides = Object.entries(servers).map(
        ([name, server]) => [name, () => cpuPerRequest(bench, server, 'typical')] as const,
      );
      return { servers: Object.values(servers), sides: Object.fromEntries(sides) };
    });
    return titles.map((title) => ({
      title: `request with ${title}`,
      must: 1.07,
      aim: 1.03,
      unit: '' as const,
      measured: estimate(ratios(measured[title]!, measured['one']!), bench.random),
      note: `${median(measured[title]!).toFixed(0)} µs ÷ ${median(measured['one']!).toFixed(0)} µs`,
    }));
  },
};
