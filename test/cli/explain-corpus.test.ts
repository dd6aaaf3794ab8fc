import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Explanation } from '../../src/cli/explain-json.ts';
import { CORPUS, hasCorpus, readCorpus, templatesOf } from '../corpus.ts';
import { containersIn, listAt, mapAt, type Json } from '../pods.ts';
import { explain } from './explain-command.ts';
import { folderOf } from './command.ts';

jest.setTimeout(120_000);

const onCorpus = hasCorpus ? test : test.skip;

/** How many documents nobody can read. */
const REFUSED = { 'A-manifests': 3, 'B-peers': 3 };

const ENGINES = ['docker', 'podman', 'nerdctl'] as const;

/** Puts words of its own in the place of every value of an environment variable; says how many there are. */
function withMarkedValues(text: string): { text: string; values: number } {
  let values = 0;
  const documents = parseAllDocuments(text, { merge: true, logLevel: 'silent', uniqueKeys: false });
  const marked = (Array.isArray(documents) ? documents : []).map((document) => {
    const json = document.toJS() as Json;
    const visit = (value: Json): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const variable of listAt(value, 'env')) {
        if (mapAt({ variable }, 'variable')['value'] === undefined) continue;
        mapAt({ variable }, 'variable')['value'] = `SECRET-${++values}`;
      }
      for (const child of Object.values(value)) visit(child);
    };
    visit(json);
    return `${JSON.stringify(json)}\n`;
  });
  return { text: marked.join('---\n'), values };
}

describe(hasCorpus ? 'on the corpus' : 'on the corpus, which is not beside this repository', () => {
  describe.each(Object.entries(REFUSED))('%s', (part, refused) => {
    const args = ['-f', join(CORPUS, part)];
    let explanation: Explanation;

    beforeAll(async () => {
      if (hasCorpus) explanation = JSON.parse((await explain({}, [...args, '-o', 'json'])).stdout) as Explanation;
    });

    onCorpus('every container of every template is explained, and only what is no manifest is refused', async () => {
      const { stdout, stderr, status } = await explain({}, args);
      const titles = stdout.split('\n').filter((line) => /^ {2}(\w+ )?container .*, line \d+$/.test(line));
      expect(titles).toHaveLength(explanation.containers.length);
      expect(explanation.errors).toHaveLength(refused);
      expect({ status, trace: /^ {4}at /m.test(stderr) }).toEqual({ status: 2, trace: false });
      process.stdout.write(`${part}: ${stderr.split('\n').find((line) => line.includes(' explained'))!}\n`);
    });

    onCorpus('the containers are those that another reader of YAML finds', () => {
      const names = ({ file, name }: { file: string; name: string }): string => `${file} ${name}`;
      const read = new Set(explanation.containers.map(({ file }) => file));
      const found = templatesOf(readCorpus(`${part}/`)).templates.flatMap(({ file, pod }) =>
        containersIn(pod as Json).map(({ name }) => ({ file: join(CORPUS, file), name })),
      );
      const told = explanation.containers.map(({ file, container }) => names({ file, name: container }));
      const missing = found.filter(({ file }) => read.has(file)).map(names);
      expect(missing.filter((name) => !told.includes(name))).toEqual([]);
      expect(told.length).toBeGreaterThan(400);
    });

    onCorpus.each([80, 60])('fits a terminal of %i columns', async (columns) => {
      const { stdout } = await explain({}, args, { columns, env: { NO_COLOR: '1' } });
      expect(stdout.split('\n').filter(({ length }) => length > columns)).toEqual([]);
      expect(stdout.length).toBeGreaterThan(100_000);
    });

    onCorpus.each(ENGINES)(
      '%s has a command for each container that has an image, and says why for the others',
      async (engine) => {
        const { stdout } = await explain({}, [...args, '--try', engine]);
        const commands = stdout.match(new RegExp(`^${engine} run --rm`, 'gm')) ?? [];
        const reasons = stdout.match(/^# (no image to run|A Windows pod)/gm) ?? [];
        expect(commands.length + reasons.length).toBe(explanation.containers.length);
        expect(commands.length).toBeGreaterThan(0.8 * explanation.containers.length);
      },
    );
  });

  onCorpus('no value of an environment variable is printed, in any form', async () => {
    const { documents } = readCorpus('A-manifests/');
    const files = [...new Set(documents.map(({ file }) => file))].map((file) =>
      withMarkedValues(readFileSync(join(CORPUS, file), 'utf8')),
    );
    expect(files.reduce((sum, { values }) => sum + values, 0)).toBeGreaterThan(100);
    const folder = folderOf(Object.fromEntries(files.map(({ text }, i) => [`${i}.yaml`, text])));
    const forms = [[], ['-o', 'json'], ...ENGINES.map((engine) => ['--try', engine]), ['--suggest']];
    for (const form of forms) {
      const { stdout, stderr } = await explain({}, ['-f', folder, ...form]);
      expect(stdout.length).toBeGreaterThan(1_000);
      expect(`${stdout}${stderr}`).not.toContain('SECRET-');
    }
  });
});
