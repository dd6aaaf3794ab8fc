/** What hardening breaks, and what it does not, seen in pods that run. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { count } from './counts.ts';
import { untilServing } from './dropcap.ts';
import { addExceptions, removeExceptions, type Spared } from './exceptions.ts';
import { dropNamespaces, enforcing, namespace } from './namespaces.ts';
import { ownCluster } from './own.ts';
import { runPrograms, type Run, type Seen } from './programs-run.ts';
import { STARTS } from './programs-table.ts';
import { WORKS, type Outcome, type Remedy } from './programs-terms.ts';

const WHERE = ['unhardened', 'restricted', 'compatible'] as const;

type Where = (typeof WHERE)[number];

/** One pod: a start in a namespace, as it is or with a remedy. */
interface Trial {
  readonly claim: string;
  readonly name: string;
  readonly where: Where;
  readonly start: keyof typeof STARTS;
  readonly remedy: Remedy;
  readonly expected: Outcome;
}

const told = ({ breaks, says, shows }: Outcome): string =>
  [
    breaks ? `breaks at ${breaks}` : 'works',
    ...(says === undefined ? [] : says === '' ? ['says nothing'] : [`says ${JSON.stringify(says)}`]),
    ...(shows === undefined ? [] : [`runs as ${shows}`]),
  ].join(', ');

const trials: readonly Trial[] = Object.entries(STARTS).flatMap(([start, row], i) => [
  ...WHERE.map((where) => ({
    claim: `${where === 'unhardened' ? where : `under ${where}`} ${told(row[where])}`,
    name: `program-${i}`,
    where,
    start,
    remedy: {},
    expected: row[where],
  })),
  ...Object.entries(row.remedies ?? {}).map(([how, remedy], j) => ({
    claim: `under restricted, ${how}: ${told(remedy.outcome ?? WORKS)}`,
    name: `program-${i}-${j}`,
    where: 'restricted' as const,
    start,
    remedy,
    expected: remedy.outcome ?? WORKS,
  })),
]);

const seenOf = new Map<Trial, Seen>();

const exceptionFor = (ns: string, { name, remedy }: Trial): [string, Spared][] =>
  remedy.exception
    ? [[name, { match: { namespaces: [ns], podSelector: { matchLabels: { program: name } } }, ...remedy.exception }]]
    : [];

async function runAll(): Promise<void> {
  await untilServing();
  const [unhardened, restricted, compatible] = await Promise.all([
    namespace(),
    enforcing('restricted'),
    enforcing('compatible'),
  ]);
  const namespaces = { unhardened, restricted, compatible };
  await addExceptions(Object.fromEntries(trials.flatMap((trial) => exceptionFor(restricted, trial))));
  const runs = new Map(
    trials.map((trial): [Trial, Run] => {
      const { where, name, start, remedy, expected } = trial;
      const failsInUse = expected.breaks === 'use';
      return [trial, { namespace: namespaces[where], name, start: STARTS[start]!, variant: remedy, failsInUse }];
    }),
  );
  const seen = await runPrograms([...runs.values()]);
  for (const [trial, run] of runs) seenOf.set(trial, seen.get(run)!);
}

const isOurs = ownCluster !== undefined;

let asSaid = 0;

if (!isOurs)
  process.stdout.write(
    '  60-what-breaks is left out: its image is brought only to a cluster of our own (test/cluster/programs)\n',
  );

// The image is made of some hundred packages the first time, and then only brought to the node.
beforeAll(() => {
  const programs = fileURLToPath(new URL('../cluster/programs', import.meta.url));
  if (ownCluster !== undefined) execFileSync(programs, [ownCluster], { stdio: 'inherit' });
}, 600_000);

beforeAll(async () => {
  if (isOurs) await runAll();
});

afterAll(async () => {
  if (!isOurs) return;
  await dropNamespaces();
  await removeExceptions();
});

(isOurs ? describe : describe.skip).each(Object.keys(STARTS))('%s', (start) => {
  test.each(trials.filter((trial) => trial.start === start))('$claim', (trial) => {
    const { expected, where } = trial;
    const { breaks, said, shows, hardened } = seenOf.get(trial)!;
    expect({ breaks, said }).toEqual({
      breaks: expected.breaks,
      said: expected.says === '' ? '' : expect.stringContaining(expected.says ?? ''),
    });
    expect(shows).toBe(expected.shows ?? '');
    expect(hardened).toBe(where === 'unhardened' ? undefined : where);
    asSaid++;
  });
});

(isOurs ? test : test.skip)('the programs show every pattern', () => {
  const shown = new Set(Object.values(STARTS).flatMap(({ pattern }) => pattern ?? []));
  expect([...shown].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  count('ways of starting programs', Object.keys(STARTS).length);
  count('pods whose outcome is as said', `${asSaid} of ${trials.length}`);
  for (const where of WHERE)
    count(`starts that break, ${where}`, Object.values(STARTS).filter((row) => row[where].breaks).length);
});
