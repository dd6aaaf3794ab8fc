import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { suggestException } from '../../src/cli/suggest-exception.ts';
import { exceptionsText } from '../../src/cli/suggest-yaml.ts';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { pods } from '../arbitrary-pods.ts';
import type { JsonMap } from '../pods.ts';
import { decided, errorsIn, exceptionsIn, filled, gainedBy, heldBy, manifestOf } from './suggestions.ts';

jest.setTimeout(240_000);

const NAMES = ['CHOWN', 'KILL', 'MKNOD', 'NET_ADMIN', 'NET_BIND_SERVICE', 'NET_RAW', 'SETUID', 'SYS_ADMIN'];
const named = fc.option(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }), { nil: undefined });
const log = fc.constantFrom<string[]>(
  [],
  ['bind() to 0.0.0.0:80 failed (13: Permission denied)'],
  ['chown: /data: Operation not permitted', 'ping: socket: Operation not permitted'],
);
const namespaces = fc.constantFrom(undefined, 'shop', 'shop', 'on', '123', 'No such', '*');
const images = fc.constantFrom(undefined, 'redis:7', 'nginx', '*.io/app', 'localhost:5000/123', 'ghcr.io/true/null');
const labels = fc.constantFrom({ app: 'yes' }, { 'app.kubernetes.io/name': '1e3', app: 'x' }, { app: 'no such' }, {});

/** Pods with what tempts a writer of YAML: names that are numbers or truths, globs, and no names at all. */
const manifests = fc.tuple(pods({ windows: false }), namespaces, images, labels).map(([pod, namespace, image, own]) => {
  const { metadata, spec } = pod as { metadata?: JsonMap | null; spec: JsonMap };
  const containers = (spec['containers'] as JsonMap[]).map((one) => ({ ...one, image: image ?? one['image'] }));
  const named = { ...metadata, ...(namespace === undefined ? {} : { namespace }), labels: own };
  return JSON.stringify({ ...pod, metadata: named, spec: { ...spec, containers } });
});

test('a suggestion is refused until it is filled in, loads then, keeps just what it names, and grants nothing', () => {
  const counts = { containers: 0, suggested: 0, kept: 0 };
  fc.assert(
    fc.property(
      manifests,
      fc.tuple(named, fc.boolean()),
      log,
      fc.constantFrom('restricted', 'compatible', 'baseline'),
      (text, [keep, escalates], lines, policy) => {
        const options = { ...(keep && { keep }), ...(escalates && { allowEscalation: true as const }) };
        const all = decided([manifestOf(text)], policy);
        for (const [i, candidate] of all.entries()) {
          counts.containers++;
          const { suggested } = suggestException(candidate, { options, log: lines });
          if (!suggested) continue;
          counts.suggested++;
          const yaml = exceptionsText([suggested]);
          expect(errorsIn(policy, yaml).map((line) => line.replace(/^.*?: /, ''))).toEqual([
            'spec.reason: found "", expected some text',
            'spec.owner: found "", expected some text',
          ]);
          const [exception] = exceptionsIn(policy, filled(yaml));
          const beside = decided([manifestOf(text)], policy, [exception!]);
          const names = new Set(exception!.spec.keep);
          counts.kept += names.size;
          const [before, after] = [heldBy(candidate), heldBy(beside[i]!)];
          expect([...names.difference(before.before)]).toEqual([]);
          expect([...names.intersection(before.after)]).toEqual([]);
          expect(after.after).toEqual(new Set(CAPABILITIES.filter((one) => before.after.has(one) || names.has(one))));
          expect(gainedBy(beside[i]!)).toEqual([]);
          for (const [j, other] of beside.entries()) if (j !== i) expect(heldBy(other)).toEqual(heldBy(all[j]!));
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(counts.suggested).toBeGreaterThan(100);
  process.stdout.write(`${JSON.stringify(counts)}\n`);
});
