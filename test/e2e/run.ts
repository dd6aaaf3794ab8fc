/**
 * The end-to-end tests: makes a cluster, or takes the one that KUBECONFIG names, builds the project's image, installs dropcap
 * with `kubectl apply -k manifests` and nothing else, runs the tests, prints what they counted, and takes everything away.
 *
 * node test/e2e/run.ts [--keep] [--cluster DIR] [-t NAME] [PATTERN...]
 *   --keep         leave our own cluster running
 *   --cluster DIR  use one that --keep left, with what is installed in it
 *   -t NAME        only the tests whose names match
 *   PATTERN        only the test files whose names match
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { manifests, SYSTEM, untilServing } from './dropcap.ts';
import { inventory } from './inventory.ts';
import pkg from '../../package.json' with { type: 'json' };

const { values: options, positionals: patterns } = parseArgs({
  allowPositionals: true,
  options: {
    keep: { type: 'boolean', default: false },
    cluster: { type: 'string' },
    only: { type: 'string', short: 't' },
  },
});

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const script = (name: string): string => join(ROOT, 'test/cluster', name);
const timings: string[] = [];
const work = options.cluster ?? mkdtempSync(join(tmpdir(), 'dropcap-e2e-'));
const counts = join(work, 'counts');

/** Does one step, and remembers how long it took. */
function step<T>(what: string, run: () => T): T {
  const started = performance.now();
  process.stdout.write(`== ${what}\n`);
  const result = run();
  timings.push(`${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** Runs a command; its standard output comes back, the rest goes to the terminal. */
const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string =>
  execFileSync(command, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  }).trim();

function startOwn(): void {
  run(script('missing'), []);
  const bin = step('build Kubernetes', () => run(script('build'), []));
  process.env['PATH'] = `${bin}:${process.env['PATH']}`;
  process.env['KUBECONFIG'] = join(work, 'admin.kubeconfig');
  process.env['DROPCAP_E2E_CLUSTER'] = work;
  if (options.cluster !== undefined) return;
  step('start Kubernetes', () => run(script('up'), [work], { ...process.env, BIN: bin }));
  const archive = join(work, 'dropcap.tar');
  step("build the image of this project's Dockerfile", () =>
    run(script('image'), [archive, `docker.io/library/dropcap:${pkg.version}`]),
  );
  step('bring it to the node', () => run(script('import'), [work, archive]));
  rmSync(archive);
}

/** The user's cluster must have the image; where its name is another, the manifests are used through an overlay. */
function useTheirs(): void {
  if (spawnSync('kubectl', ['version', '--client']).status !== 0) throw new Error('missing: kubectl');
  process.stdout.write(`cluster: ${run('kubectl', ['config', 'current-context'])}, from KUBECONFIG\n`);
  if (spawnSync('kubectl', ['get', 'namespace', 'dropcap-system']).status === 0)
    throw new Error(
      'dropcap-system exists there: these tests install and remove dropcap, so not on a cluster that has it',
    );
  const image = process.env['DROPCAP_E2E_IMAGE'];
  if (image === undefined) return;
  const [, name, tag] = /^(.+?)(?::([^:/]+))?$/.exec(image)!;
  const images = [{ name: 'dropcap', newName: name, newTag: tag ?? 'latest' }];
  for (const overlay of readdirSync(join(ROOT, 'manifests/overlays'))) {
    const folder = join(work, 'overlays', overlay);
    mkdirSync(folder, { recursive: true });
    // kustomize takes no absolute path for a base.
    const resources = [relative(realpathSync(folder), join(ROOT, 'manifests/overlays', overlay))];
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources, images }));
  }
  process.env['DROPCAP_E2E_OVERLAYS'] = join(work, 'overlays');
}

function report(): void {
  if (existsSync(counts)) process.stdout.write(`\nCounted:\n${readFileSync(counts, 'utf8')}`);
  process.stdout.write(`\nTimes:\n${timings.join('\n')}\n`);
}

function takeDown(): void {
  if (process.env['DROPCAP_E2E_CLUSTER'] === undefined) rmSync(work, { recursive: true });
  else if (options.keep || options.cluster !== undefined)
    process.stdout.write(
      `kept: export KUBECONFIG=${process.env['KUBECONFIG']} PATH=${process.env['PATH']!.split(':')[0]}:$PATH\n` +
        `again: npm run e2e -- --cluster ${work} · end it: test/cluster/down ${work}\n`,
    );
  else {
    step('end Kubernetes', () => run(script('down'), [work]));
    if (status === 0) rmSync(work, { recursive: true });
    else process.stdout.write(`logs of the cluster: ${work}\n`);
  }
}

/** The only step of the install: the command that the documentation names. */
async function install(): Promise<void> {
  if (spawnSync('kubectl', ['get', 'namespace', SYSTEM]).status === 0) return;
  writeFileSync(join(work, 'before.json'), JSON.stringify(await inventory()));
  step('install: kubectl apply -k manifests', () => run('kubectl', ['apply', '-k', manifests()]));
  await untilServing();
}

let status = 1;
try {
  if (options.cluster === undefined && process.env['KUBECONFIG'] !== undefined) useTheirs();
  else startOwn();
  process.env['DROPCAP_E2E_COUNTS'] = counts;
  process.env['DROPCAP_E2E_BEFORE'] = join(work, 'before.json');
  rmSync(counts, { force: true });
  await install();
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const args = [
    ...jest,
    '--config',
    'jest.e2e.config.js',
    '--runInBand',
    ...(options.only ? ['-t', options.only] : []),
    ...patterns,
  ];
  status = step('test', () => spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1);
  report();
} catch (error) {
  // What a command could not do it has said itself, on the terminal.
  process.stderr.write(`error: ${(error as Error).message.split('\n')[0]}\n`);
} finally {
  takeDown();
}
process.exitCode = status;
