/** The fixtures of Pod Security that are about capabilities and privilege escalation. */
import { basename } from 'node:path';
import { hasCorpus, readCorpus } from '../corpus.ts';
import { mapAt } from '../pods.ts';

/** One pod of Pod Security's own tests. */
export interface Fixture {
  readonly name: string;
  readonly level: 'baseline' | 'restricted';
  readonly version: string;
  readonly verdict: 'pass' | 'fail';
  readonly pod: object;
}

/** Every fixture of the corpus; none where the corpus is not there. */
export function fixtures(): Fixture[] {
  if (!hasCorpus) return [];
  return readCorpus('B-peers/psa-testdata/').documents.map(({ file, json }) => {
    const [level, version, verdict] = file.split('/').slice(-4) as [Fixture['level'], string, Fixture['verdict']];
    const name = basename(file, '.yaml');
    // Their names are made for files: an underscore is not for pods.
    const metadata = { ...mapAt(json, 'metadata'), name: name.replaceAll('_', '-') };
    return { name, level, version, verdict, pod: { ...(json as object), metadata } };
  });
}
