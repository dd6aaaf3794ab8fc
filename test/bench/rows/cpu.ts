import { cpuPerRequest, dropcap, floor, inGenerations, warmUp } from '../bench.ts';
import type { PayloadName } from '../payloads.ts';
import type { Goal, Result } from '../result.ts';
import { estimate, median, ratios } from '../statistics.ts';
import type { Row } from './row.ts';

const goals: Readonly<Record<PayloadName, Goal>> = {
  typical: { title: 'CPU ÷ floor, typical', must: 1.35, aim: 1.2, unit: '' },
  small: { title: 'CPU ÷ floor, small', must: 1.75, aim: 1.4, unit: '' },
  large: { title: 'CPU ÷ floor, large', unit: '' },
  compliant: { title: 'CPU ÷ floor, typical but compliant', unit: '' },
};
const payloads = Object.keys(goals) as PayloadName[];

/** What a request costs, in CPU time of the server's process, over what any webhook on this Node must pay. */
export const cpu: Row = {
  name: 'cpu',
  async measure(bench) {
    const measured = await inGenerations(bench, async () => {
      const servers = { dropcap: await dropcap(bench), floor: await floor(bench) };
      for (const payload of payloads) {
        for (const server of Object.values(servers)) await warmUp(bench, server, payload, 800);
      }
      const sides = Object.entries(servers).flatMap(([name, server]) =>
        payloads.map((payload) => [`${name} ${payload}`, () => cpuPerRequest(bench, server, payload)] as const),
      );
      return { servers: Object.values(servers), sides: Object.fromEntries(sides) };
    });
    return payloads.map((payload): Result => {
      const [ours, floors] = [measured[`dropcap ${payload}`]!, measured[`floor ${payload}`]!];
      return {
        ...goals[payload],
        measured: estimate(ratios(ours, floors), bench.random),
        note: `${median(ours).toFixed(0)} µs ÷ ${median(floors).toFixed(0)} µs`,
      };
    });
  },
};
