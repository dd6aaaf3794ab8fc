import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { warningsOf } from '../../src/admission/warnings.ts';
import { NOTHING, type Decision } from '../../src/engine/decision.ts';
import type { Finding } from '../../src/engine/finding.ts';

const decision = (changes: Partial<Decision>): Decision => ({ ...NOTHING, ...changes });

const finding = (changes: Partial<Finding> = {}): Finding => ({
  container: 'app',
  kind: 'containers',
  path: '/spec/containers/0/securityContext/capabilities/drop',
  before: null,
  after: ['ALL'],
  rule: 'capabilities.drop',
  policies: ['watch'],
  outcome: 'audited',
  reason: 'Because.',
  warn: true,
  ...changes,
});

const optOut = (ignored: { policy: string; why: string }[]): NonNullable<Decision['optOut']> => ({
  rules: [],
  containers: undefined,
  reason: '',
  until: '',
  honouredBy: [],
  ignored,
});

describe('warnings', () => {
  test('say what a policy in warn mode wants, and are silent about what is only audited or done', () => {
    const findings = [
      finding(),
      finding({ rule: 'allowPrivilegeEscalation', after: false, container: 'side' }),
      finding({ rule: 'capabilities.add', after: null }),
      finding({ warn: false }),
      finding({ outcome: 'hardened', warn: false }),
    ];
    expect(warningsOf(decision({ findings }))).toEqual([
      'dropcap: watch wants capabilities.drop of app to be [ALL]',
      'dropcap: watch wants allowPrivilegeEscalation of side to be false',
      'dropcap: watch wants capabilities.add of app to be absent',
    ]);
  });

  test('say why an opt-out does not count, and that an exception has expired', () => {
    expect(
      warningsOf(decision({ optOut: optOut([{ policy: 'p', why: 'it ended' }]), exceptionsExpired: ['old'] })),
    ).toEqual(['dropcap: opt-out ignored by p: it ended', 'dropcap: exception old has expired']);
  });

  test('past sixteen are counted instead of shown', () => {
    const sixteen = Array.from({ length: 16 }, (_, i) => `e${i}`);
    expect(warningsOf(decision({ exceptionsExpired: sixteen }))).toHaveLength(16);
    const more = warningsOf(decision({ exceptionsExpired: [...sixteen, 'x', 'y'] }));
    expect(more).toHaveLength(16);
    expect(more.slice(-2)).toEqual(['dropcap: exception e14 has expired', 'dropcap: and 3 more warnings']);
  });

  test('are such that the API server shows each of them, whatever the names', () => {
    // Half of a pair of surrogates, control characters of both ranges, and line separators among them.
    const odd = fc.constantFrom(
      '\n',
      '\t',
      '\u0000',
      '\u007f',
      '\u0085',
      '\u009f',
      '\u2028',
      '\ud800',
      '\udc00',
      '😀',
      'é',
    );
    const text = fc.array(fc.oneof(odd, fc.string()), { maxLength: 60 }).map((parts) => parts.join(''));
    const decisions = fc.record({
      findings: fc.array(
        fc
          .record({ container: text, after: fc.array(text), policies: fc.array(text) })
          .map((changes) => finding(changes)),
      ),
      ignored: fc.array(fc.record({ policy: text, why: text })),
      exceptionsExpired: fc.array(text),
    });
    fc.assert(
      fc.property(decisions, ({ findings, ignored, exceptionsExpired }) => {
        const warnings = warningsOf(decision({ findings, exceptionsExpired, optOut: optOut(ignored) }));
        const asked = findings.length + ignored.length + exceptionsExpired.length;
        expect(warnings).toHaveLength(Math.min(asked, 16));
        for (const warning of warnings) {
          expect(warning.length).toBeLessThanOrEqual(120);
          expect(warning).not.toMatch(/\p{Cc}/u);
          expect(warning.isWellFormed()).toBe(true);
          expect(warning).toMatch(/^dropcap: /);
        }
        expect(warnings.reduce((sum, warning) => sum + warning.length, 0)).toBeLessThanOrEqual(4_096);
      }),
      { numRuns: 1_000 },
    );
  });

  test('that are cut show that they are', () => {
    const [warning] = warningsOf(decision({ exceptionsExpired: ['x'.repeat(300)] }));
    expect(warning).toHaveLength(120);
    expect(warning).toMatch(/x…$/);
  });
});
