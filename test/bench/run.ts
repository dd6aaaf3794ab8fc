/**
 * The benchmark: every goal as a ratio within one run. It measures what is in dist/, so build first.
 * Options: --quick, --only ROW (may be repeated), --json FILE, --seed NUMBER. Exits with 0 unless it could not measure.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { writeCertificate } from '../certificate.ts';
import { Generator } from './generator.ts';
import { writeNamespaces } from './policies.ts';
import { pinned, stepAside } from './processes.ts';
import { verdictOf, type Result } from './result.ts';
import { rows } from './rows/index.ts';
import { seeded } from './statistics.ts';
import { table } from './table.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const names = rows.map(({ name }) => name);
const unknown = options.only.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`no row named ${unknown.join(', ')}; there are ${names.join(', ')}`);
if (!existsSync(join(import.meta.dirname, '../../dist/dropcap.js')))
  throw new Error('dist/dropcap.js is not built yet');

const machine = [
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
  `Node ${process.version}`,
  pinned
    ? 'server and load generator on cores of their own'
    : 'no taskset: processes are not pinned, numbers are looser',
  ...(options.quick ? ['a quick run: fewer blocks, wider intervals'] : []),
].join('; ');

async function measure(folder: string): Promise<Result[]> {
  const certificate = await writeCertificate(folder);
  const generator = new Generator(certificate.certFile);
  const namespaces = writeNamespaces(folder);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const bench: Bench = {
    folder,
    certificate,
    namespaces,
    generator,
    random: seeded(Number(options.seed)),
    quick: options.quick,
  };
  const results: Result[] = [];
  for (const row of rows.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
    say(`measuring ${row.name} ...`);
    // One row that cannot be measured must not cost the minutes that the others took.
    await row.measure(bench).then(
      (measured) => results.push(...measured),
      (error: unknown) => {
        say(`${row.name} could not be measured: ${String(error)}`);
        process.exitCode = 1;
      },
    );
  }
  generator.stop();
  return results;
}

stepAside();
const folder = mkdtempSync(join(tmpdir(), 'dropcap-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const results = await measure(folder);
process.stdout.write(`${machine}\n\n${table(results)}\n`);
if (options.json !== undefined) {
  const judged = results.map((result) => ({ ...result, verdict: verdictOf(result) }));
  writeFileSync(options.json, `${JSON.stringify({ machine, quick: options.quick, results: judged }, null, 2)}\n`);
}
// A row that failed may have left servers behind, and they would keep us waiting.
process.exit();
