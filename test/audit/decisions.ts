/** Records to write, by number. */
import type { Circumstances } from '../../src/audit/record.ts';
import type { Decision } from '../../src/engine/decision.ts';

export const circumstances = (number: number): Circumstances => ({
  time: 1_700_000_000_000 + number,
  uid: String(number),
  operation: 'CREATE',
  subResource: '',
  kind: '',
  namespace: 'team-a',
  name: 'web',
  generateName: '',
  owner: '',
  username: 'alice',
  policySet: 'v1',
  durationMs: 1,
});

export const decision: Decision = {
  patch: [{ op: 'add', path: '/spec/containers/0/securityContext', value: {} }],
  findings: [
    {
      container: 'app',
      kind: 'containers',
      path: '/spec/containers/0/securityContext/capabilities/drop',
      before: null,
      after: ['ALL'],
      rule: 'capabilities.drop',
      policies: ['restricted'],
      outcome: 'hardened',
      reason: 'Without drop ALL the container holds the default capabilities of its runtime.',
    },
  ],
  policies: ['restricted'],
  optOut: undefined,
  exceptionsUsed: [],
  exceptionsExpired: [],
};

export const writer = { instance: 'replica-1', version: '1.2.3' };

/** From the first number up to, not including, the last. */
export const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

/** The uids of the lines of a trail. Throws where a line is no JSON. */
export const uidsIn = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { uid: string }).uid);
