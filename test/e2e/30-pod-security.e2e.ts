/** Pod Security, the API server's own, agrees with what dropcap makes of its own fixtures. */
import { afterAll, expect, test } from '@jest/globals';
import { createPod } from './api.ts';
import { count } from './counts.ts';
import { dropNamespaces, namespace } from './namespaces.ts';
import { fixtures, type Fixture } from './psa.ts';

afterAll(dropNamespaces);

const all = fixtures();
const levels = ['restricted', 'baseline'] as const;

/** A namespace that enforces a level of Pod Security, with and without dropcap enforcing the same. */
const spaceOf = (level: string, version: string, hardened: boolean): Promise<string> =>
  namespace({
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': version,
    ...(hardened ? { 'dropcap.dev/enforce': level } : {}),
  });

/** What dropcap can mend: a privileged container it cannot. */
const isMendable = ({ name }: Fixture): boolean => /^(?:capabilities|allowprivilegeescalation)/.test(name);

/** What the API server says of each: `admitted`, `violates PodSecurity`, or any other refusal in its own words. */
const verdicts = (space: string, found: readonly Fixture[]): Promise<string[]> =>
  Promise.all(
    found.map(async ({ name, pod }) => {
      const { status, body } = await createPod(space, pod, true);
      const message = String(body['message']);
      const refusal = message.includes('violates PodSecurity') ? 'violates PodSecurity' : message;
      return `${name}: ${status === 201 ? 'admitted' : refusal}`;
    }),
  );

(all.length > 0 ? test : test.skip).each(levels)(
  'what fails %s by capabilities or allowPrivilegeEscalation alone is admitted, and what passes still does',
  async (level) => {
    const versions = [...new Set(all.filter((fixture) => fixture.level === level).map(({ version }) => version))];
    for (const version of versions) {
      const here = all.filter((fixture) => fixture.level === level && fixture.version === version);
      const failing = here.filter((fixture) => fixture.verdict === 'fail' && isMendable(fixture));
      const passing = here.filter(({ verdict }) => verdict === 'pass');
      const bare = await spaceOf(level, version, false);
      const hardened = await spaceOf(level, version, true);
      const each = (found: readonly Fixture[], verdict: string): string[] =>
        found.map(({ name }) => `${name}: ${verdict}`);
      expect(failing.length).toBeGreaterThan(0);
      expect(await verdicts(bare, failing)).toEqual(each(failing, 'violates PodSecurity'));
      expect(await verdicts(hardened, failing)).toEqual(each(failing, 'admitted'));
      expect(await verdicts(bare, passing)).toEqual(each(passing, 'admitted'));
      expect(await verdicts(hardened, passing)).toEqual(each(passing, 'admitted'));
      count(`${level} ${version}: refused without dropcap, admitted with`, failing.length);
      count(`${level} ${version}: admitted without and with`, passing.length);
    }
  },
);
