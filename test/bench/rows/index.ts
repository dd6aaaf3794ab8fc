import { cpu } from './cpu.ts';
import { disk } from './disk.ts';
import { durable } from './durable.ts';
import { engine } from './engine.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { overload } from './overload.ts';
import { policies } from './policies.ts';
import type { Row } from './row.ts';
import { selfCheck } from './self-check.ts';
import { start } from './start.ts';

/** All rows, in the order of the table: first whether the machine is fit, last what takes minutes. */
export const rows: readonly Row[] = [selfCheck, cpu, engine, policies, latency, disk, durable, overload, start, memory];
