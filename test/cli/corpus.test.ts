import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { dropcap, type Ran } from './command.ts';

const folders = ['A-manifests', 'B-peers'].map((name) => join(CORPUS, name));
const onCorpus = hasCorpus ? test : test.skip;

// What kubectl refuses as well, and one pod whose containers are no list.
const REFUSED = [
  'etcd-controller.yaml:12:3: The key selector is given twice in the same map.',
  'etcd-discovery-controller.yaml:12:3: The key selector is given twice in the same map.',
  'openshift-controller.yaml:12:3: The key selector is given twice in the same map.',
  'form-prefix-file.json:1:1: Implicit keys need to be on a single line.',
  'form-prefix-not-file.json:1:1: Implicit keys need to be on a single line.',
  'pod-runas1000-malformed-PASSED.yaml:14:3: spec.containers: found a map',
];

const harden = (...args: string[]): Promise<Ran> =>
  dropcap(['harden', ...folders.flatMap((folder) => ['-f', folder]), ...args]);
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
const isAboutDigits = (line: string): boolean => line.includes('holds a number too long');
const remarks = ({ stderr }: Ran): string[] =>
  stderr
    .split('\n')
    .slice(0, -2)
    .filter((line) => !isAboutDigits(line));

describe(hasCorpus ? 'on the corpus' : 'on the corpus, which is not beside this repository', () => {
  let yaml: Ran;

  beforeAll(async () => {
    if (hasCorpus) yaml = await harden();
  }, 60_000);

  onCorpus('only what is no manifest is refused, each with its place', () => {
    const errors = yaml.stderr.match(/^error: .*$/gm) ?? [];
    expect(errors).toHaveLength(REFUSED.length);
    for (const [i, error] of errors.entries()) expect(error).toContain(`/${REFUSED[i]!}`);
    expect(yaml.stderr).not.toMatch(/^ {4}at |^warning: /m);
    expect(yaml.status).toBe(2);
  });

  onCorpus('what was hardened needs nothing more', async () => {
    const again = await dropcap(['harden', '-f', '-', '-o', 'patch'], yaml.stdout);
    expect({ stdout: again.stdout, status: again.status }).toEqual({ stdout: '[]\n', status: 0 });
    const [templates] = /^\d+ pod templates/.exec(lastLine(yaml.stderr)) ?? [];
    expect(lastLine(again.stderr)).toContain(`${templates!}, 0 changed`);
    process.stdout.write(`corpus, restricted: ${lastLine(yaml.stderr)}\n`);
  });

  onCorpus.each(['json', 'diff'])('-o %s says the same as YAML on stderr', async (output) => {
    const ran = await harden('-o', output);
    expect(remarks(ran)).toEqual(remarks(yaml));
    expect(ran.stdout.length).toBeGreaterThan(100_000);
  });

  onCorpus.each(['compatible', 'baseline'])('%s changes some and refuses no more', async (policy) => {
    const { stdout, stderr } = await harden('--policy', policy, '-o', 'patch');
    expect(JSON.parse(stdout)).not.toEqual([]);
    expect(stderr.match(/^error: /gm)).toHaveLength(REFUSED.length);
    process.stdout.write(`corpus, ${policy}: ${lastLine(stderr)}\n`);
  });
});
