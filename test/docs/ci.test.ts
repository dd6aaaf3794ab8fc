/** The snippets of docs/ci.md, run in a clean folder as the services would run them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Log } from 'sarif';
import { parse } from 'yaml';
import { built, folderOf, ROOT, type Files, type Ran } from '../cli/command.ts';
import { blocksOf, blockUnder } from './blocks.ts';

const DOCUMENT = 'docs/ci.md';
const read = (heading: string, number = 0): unknown => parse(blockUnder(DOCUMENT, heading, 'yaml', number));
const script = (heading: string, number = 0): string => blockUnder(DOCUMENT, heading, 'sh', number);

const container = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: c # mine\n      image: nginx\n${more}`;
const WEB = container('web');
const GOOD = container(
  'good',
  '      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }\n',
);

/** A repository with a manifest that the policies would change and one that they would not. */
const FILES: Files = { 'deploy/web.yaml': WEB, 'deploy/good.yaml': GOOD, 'notes.yaml': 'a: [' };

// What the snippets call besides dropcap and git: both print a rendered manifest, and helm hands it to its post-renderer.
const HELM = `#!/bin/sh
case "$*" in
  "template shop ./chart") cat deploy/web.yaml ;;
  "upgrade --install shop ./chart --post-renderer ./harden") ./harden < deploy/web.yaml ;;
  *) exit 64 ;;
esac
`;
const KUBECTL = '#!/bin/sh\n[ "$*" = "kustomize overlays/production" ] && cat deploy/web.yaml\n';

let programs = '';

beforeAll(() => {
  const dropcap = `#!/bin/sh\nexec '${process.execPath}' '${built()}' "$@"\n`;
  programs = folderOf({ dropcap, helm: HELM, kubectl: KUBECTL });
  for (const name of ['dropcap', 'helm', 'kubectl']) chmodSync(join(programs, name), 0o755);
});

/** Runs lines in a folder as a step of GitHub Actions with `shell: bash`. */
function run(lines: string, cwd: string): Ran {
  const { stdout, stderr, status } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', lines], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((who) => [
          [`GIT_${who}_NAME`, 'a'],
          [`GIT_${who}_EMAIL`, 'a@example.com'],
        ]),
      ),
    },
  });
  return { stdout, stderr, status: status ?? -1 };
}

test('every snippet is run or read here', () => {
  const counts = new Map<string, number>();
  for (const { heading, language } of blocksOf(DOCUMENT))
    counts.set(`${heading}: ${language}`, (counts.get(`${heading}: ${language}`) ?? 0) + 1);
  expect([...counts]).toEqual([
    ['In CI: sh', 1],
    ['GitHub Actions: yaml', 1],
    ['GitLab CI: yaml', 1],
    ['pre-commit: yaml', 2],
    ['pre-commit: sh', 1],
    ['Helm and kustomize: sh', 3],
  ]);
});

/** The lines that build the command, which take a minute and are not run here. */
const BUILD = 'npm ci && npm run build && npm link';

test('the command is built by scripts that are there, and linked by its name', () => {
  const { bin, scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    scripts: Record<string, string>;
  };
  expect(script('In CI').trimEnd().split('\n').at(-1)).toBe(BUILD);
  expect(scripts['build']).toBeDefined();
  expect(Object.keys(bin)).toEqual(['dropcap']);
});

describe('the workflow of GitHub Actions', () => {
  interface Step {
    readonly name?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }
  interface Workflow {
    readonly on: readonly string[];
    readonly permissions: Readonly<Record<string, string>>;
    readonly jobs: { readonly check: { readonly 'runs-on': string; readonly steps: readonly Step[] } };
  }
  const workflow = read('GitHub Actions') as Workflow;
  const { steps } = workflow.jobs.check;
  const runOf = (name: string): string => steps.find((step) => step.name === name)!.run!;

  test('has in each step one thing to do, and of each action a major version', () => {
    for (const { uses, run: lines } of steps) {
      expect([uses, lines].filter((one) => one !== undefined)).toHaveLength(1);
      expect(uses ?? 'a/b@v1').toMatch(/^[\w-]+\/[\w/-]+@v\d+$/);
    }
    expect(steps.map((step) => step.run).filter((lines) => lines?.startsWith('npm'))).toEqual([BUILD]);
    expect(Object.keys(workflow)).toEqual(['name', 'on', 'permissions', 'jobs']);
    expect(workflow.permissions).toEqual({ contents: 'read', 'security-events': 'write' });
  });

  test('makes the SARIF file that it uploads, with the place of each finding from the root', () => {
    const folder = folderOf(FILES);
    expect(run(runOf('Findings for code scanning'), folder).status).toBe(0);
    const uploaded = steps.find(({ uses }) => uses?.startsWith('github/codeql-action/upload-sarif'))!.with!;
    const log = JSON.parse(readFileSync(join(folder, uploaded['sarif_file'] as string), 'utf8')) as Log;
    const places = log.runs[0]!.results!.map(({ locations }) => locations![0]!.physicalLocation!);
    expect(places.map(({ artifactLocation, region }) => [artifactLocation!.uri, region!.startLine])).toEqual([
      ['deploy/web.yaml', 6],
      ['deploy/web.yaml', 6],
    ]);
  });

  test('annotates the lines, and fails', () => {
    const { stdout, status } = run(runOf('Annotations in the pull request'), folderOf(FILES));
    expect(stdout.split('\n').filter((line) => /^::warning file=deploy\/web\.yaml,line=6,/.test(line))).toHaveLength(2);
    expect(status).toBe(1);
  });

  test('passes where there is nothing to do', () => {
    const folder = folderOf({ 'deploy/good.yaml': GOOD });
    for (const { run: lines } of steps.filter((step) => step.name !== undefined))
      expect(run(lines ?? '', folder).status).toBe(0);
  });
});

describe('the job of GitLab', () => {
  interface Job {
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly artifacts: { readonly when: string; readonly reports: { readonly junit: string } };
  }
  const { dropcap: job } = read('GitLab CI') as { dropcap: Job };

  test('fails, and leaves its report all the same', () => {
    const folder = folderOf(FILES);
    expect(run(job.script.join('\n'), folder).status).toBe(1);
    expect(readFileSync(join(folder, job.artifacts.reports.junit), 'utf8')).toMatch(
      /<testsuite name="deploy\/web\.yaml" tests="1" failures="1"/,
    );
    expect(job.artifacts.when).toBe('always');
  });

  test('passes where there is nothing to do', () => {
    expect(run(job.script.join('\n'), folderOf({ 'deploy/good.yaml': GOOD })).status).toBe(0);
  });

  test('builds as the page says', () => expect(job.before_script.join('\n')).toContain(BUILD));
});

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly types: readonly string[];
  readonly require_serial: boolean;
}

interface Configuration {
  readonly repos: readonly { readonly hooks: readonly (Partial<Hook> & { files: string; args?: string[] })[] }[];
}

describe('the hooks of pre-commit', () => {
  const hooks = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as Hook[];
  const hook = (id: string): Hook => hooks.find((one) => one.id === id)!;
  /** The line that pre-commit runs: the entry, the arguments, and the names of the files last. */
  const line = (id: string, args: readonly string[] = []): string =>
    [hook(id).entry, ...args, 'deploy/good.yaml', 'deploy/web.yaml'].join(' ');

  test('are these, built by node, each once for all files', () => {
    expect(hooks.map(({ id }) => id)).toEqual(['dropcap-check', 'dropcap-harden']);
    for (const { language, types, require_serial } of hooks)
      expect({ language, types, require_serial }).toEqual({ language: 'node', types: ['yaml'], require_serial: true });
  });

  test('check: the configuration names one that is there, for files that are there, and fails', () => {
    const [{ id, files, args } = { files: '' }] = (read('pre-commit') as Configuration).repos[0]!.hooks;
    expect('deploy/web.yaml').toMatch(new RegExp(files));
    const { stdout, status } = run(line(id!, args), folderOf(FILES));
    expect(stdout).toMatch(/^deploy\/web\.yaml:6:7: .*\(compatible\)$/m);
    expect(status).toBe(1);
  });

  test('harden: writes what check then finds nothing in', () => {
    const folder = folderOf(FILES);
    expect(run(line('dropcap-harden'), folder).status).toBe(0);
    expect(readFileSync(join(folder, 'deploy/web.yaml'), 'utf8')).toContain('- name: c # mine');
    expect(readFileSync(join(folder, 'deploy/good.yaml'), 'utf8')).toBe(GOOD);
    expect(run(line('dropcap-check'), folder).status).toBe(0);
  });

  test('the local one is the same but for its language', () => {
    const [{ files, ...local } = { files: '' }] = (read('pre-commit', 1) as Configuration).repos[0]!.hooks;
    const { id, entry, types, require_serial } = hook('dropcap-check');
    expect(local).toEqual({ id, entry, types, require_serial, name: 'dropcap check', language: 'system' });
    expect('deploy/web.yaml').toMatch(new RegExp(files));
  });

  test('the one without pre-commit refuses what is staged, and nothing else', () => {
    const folder = folderOf(FILES);
    run('git init --quiet .', folder);
    const path = join(folder, '.git/hooks/pre-commit');
    writeFileSync(path, script('pre-commit'));
    chmodSync(path, 0o755);
    const commit = (lines: string) => run(`${lines}\ngit commit --quiet -m a`, folder);

    const refused = commit('git add .');
    expect(refused.status).toBe(1);
    expect(`${refused.stdout}${refused.stderr}`).toMatch(/^deploy\/web\.yaml:6:7: /m);

    expect(commit('git reset --quiet; git add notes.yaml').status).toBe(0);
    expect(commit('git add deploy/good.yaml').status).toBe(0);
    expect(commit('dropcap harden --in-place deploy 2>/dev/null; git add deploy').status).toBe(0);

    // Only the folder is bad again; what is staged is not.
    writeFileSync(join(folder, 'deploy/web.yaml'), WEB);
    expect(commit('echo "# more" >> deploy/good.yaml; git add deploy/good.yaml').status).toBe(0);
    expect(commit('git rm --quiet notes.yaml').status).toBe(0);
    expect(commit('git add deploy/web.yaml').status).toBe(1);
  });
});

describe('the pipes of Helm and kustomize', () => {
  const [setting = '', ...pipes] = script('Helm and kustomize').trimEnd().split('\n');

  test('find, and harden', () => {
    const folder = folderOf(FILES);
    expect(pipes.map((pipe) => run(`${setting}\n${pipe}`, folder).status)).toEqual([1, 1, 0]);
    expect(readFileSync(join(folder, 'hardened.yaml'), 'utf8')).toMatch(/drop:\n +- ALL/);
  });

  test('fail where nothing can be rendered', () => {
    for (const pipe of pipes) expect(run(`${setting}\n${pipe}`, folderOf()).status).toBe(1);
  });

  test('a post-renderer hardens, and stops what it cannot read', () => {
    const post = (manifest: string): Ran => {
      const folder = folderOf({ 'deploy/web.yaml': manifest, harden: script('Helm and kustomize', 1) });
      chmodSync(join(folder, 'harden'), 0o755);
      return run(script('Helm and kustomize', 2), folder);
    };
    expect(post(WEB)).toMatchObject({ stdout: expect.stringMatching(/drop:\n +- ALL/), status: 0 });
    expect(post('a: [')).toMatchObject({ stdout: '', status: 2 });
  });
});
