/** Run as a process: writes records to its stdout, says on stderr how far it is, closes, and exits at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditTrail } from '../../src/audit/trail.ts';
import { circumstances, decision, writer } from './decisions.ts';

const [number, pauseMs] = process.argv.slice(2).map(Number) as [number, number];
const say = (what: object): void => void process.stderr.write(`${JSON.stringify(what)}\n`);

const onError = ({ message: error }: Error): void => say({ error });
const trail = new AuditTrail({ file: undefined, writer, onError });
for (let i = 0; i < number; i++) void trail.push(circumstances(i), decision);
await sleep(pauseMs);
say(trail.counts());
await trail.close();
say(trail.counts());
process.exit(0);
