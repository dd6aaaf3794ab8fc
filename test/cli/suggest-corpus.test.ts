import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { readInputs } from '../../src/cli/inputs.ts';
import { suggestException } from '../../src/cli/suggest-exception.ts';
import type { Chosen } from '../../src/cli/explain-container.ts';
import { exceptionsText } from '../../src/cli/suggest-yaml.ts';
import { parseImage } from '../../src/engine/image.ts';
import type { Manifest } from '../../src/manifest/read.ts';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { dropcap } from './command.ts';
import { decided, errorsIn, exceptionsIn, filled, heldBy } from './suggestions.ts';

jest.setTimeout(240_000);

const onCorpus = hasCorpus ? test : test.skip;

async function manifestsOf(folder: string): Promise<readonly Manifest[]> {
  const [stdin, stdout, stderr] = [Readable.from([]), new PassThrough(), new PassThrough()];
  return (await readInputs([folder], { version: '1', env: {}, stdin, stdout, stderr, exit: () => undefined }))
    .manifests;
}

/** What an exception is narrowed to. */
const placeOf = ({ decided: { namespace }, container: { name, image } }: Chosen): string => {
  const { registry = '', repository = '' } = parseImage(image) ?? {};
  return [namespace, registry, repository, name].join(' ');
};

const WISHES = { options: {}, log: [] };

describe(hasCorpus ? 'on the corpus' : 'on the corpus, which is not beside this repository', () => {
  describe.each(['A-manifests', 'B-peers'])('%s', (part) => {
    const folder = join(CORPUS, part);

    onCorpus(
      'each suggestion loads, keeps what it names, and spares nobody of another namespace, image or name',
      async () => {
        const manifests = await manifestsOf(folder);
        const all = decided(manifests, 'restricted');
        const held = all.map(heldBy);
        const suggestions = all.flatMap((candidate, i) => {
          const { suggested } = suggestException(candidate, WISHES);
          return suggested ? [{ suggested, i }] : [];
        });
        const places = new Set(suggestions.map(({ i }) => placeOf(all[i]!)));
        const exceptions = exceptionsIn(
          'restricted',
          filled(exceptionsText(suggestions.map(({ suggested }) => suggested))),
        );
        expect(exceptions).toHaveLength(suggestions.length);
        const beside = decided(manifests, 'restricted', exceptions);
        const spared = beside.flatMap((candidate, i) =>
          heldBy(candidate).after.symmetricDifference(held[i]!.after).size > 0 ? [i] : [],
        );
        expect(spared.filter((i) => !places.has(placeOf(all[i]!)))).toEqual([]);
        for (const { suggested, i } of suggestions)
          expect([...heldBy(beside[i]!).after]).toEqual(expect.arrayContaining([...(suggested.spec.keep ?? [])]));
        const kept = suggestions.reduce((sum, { suggested }) => sum + (suggested.spec.keep?.length ?? 0), 0);
        process.stdout.write(
          `${part}: ${suggestions.length} exceptions for ${all.length} containers, ${kept} capabilities, ${spared.length} spared\n`,
        );
        expect(suggestions.length).toBeGreaterThan(10);
      },
    );

    onCorpus('the command prints them as one text that is refused until it is filled in', async () => {
      const { stdout, stderr, status } = await dropcap(['explain', '-f', folder, '--suggest']);
      expect({ status, trace: /^ {4}at /m.test(stderr) }).toEqual({ status: 2, trace: false });
      const documents = stdout.split('---\n').length;
      expect(errorsIn('restricted', stdout)).toHaveLength(Math.min(2 * documents, 100) + (documents > 50 ? 1 : 0));
      expect(exceptionsIn('restricted', filled(stdout))).toHaveLength(documents);
      const lines = stdout.replaceAll(folder, '').split('\n');
      expect(lines.filter((line) => line.length > 200)).toEqual([]);
    });
  });
});
