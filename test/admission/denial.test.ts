import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gateAnnotationsOf } from '../../src/admission/audit-annotations.ts';
import { denialOf } from '../../src/admission/denial.ts';
import { gateWarningsOf } from '../../src/admission/warnings.ts';
import { NOTHING, type Decision } from '../../src/engine/decision.ts';
import type { Finding } from '../../src/engine/finding.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  container: 'proxy',
  kind: 'containers',
  path: '/spec/containers/1/securityContext/capabilities/drop',
  before: null,
  after: ['ALL'],
  rule: 'capabilities.drop',
  policies: ['strict'],
  outcome: 'missed',
  reason: 'Because.',
  action: 'denied',
  ...changes,
});

const unresolved = (changes: Partial<Finding> = {}): Finding =>
  finding({
    outcome: 'unresolved',
    container: 'agent',
    after: null,
    reason: 'The container is privileged.',
    ...changes,
  });

const decision = (...findings: Finding[]): Decision => ({ ...NOTHING, findings });

/** Half of a pair of surrogates, control characters of both ranges, and line separators. */
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
  '"',
);
const text = fc.array(fc.oneof(odd, fc.string()), { maxLength: 60 }).map((parts) => parts.join(''));
const findings = fc.array(
  fc.record({
    container: text,
    before: fc.oneof(fc.array(text), fc.constant(null)),
    after: fc.array(text),
    policies: fc.array(text, { minLength: 1 }),
    reason: text,
    kind: fc.constantFrom('containers' as const, 'initContainers' as const, 'ephemeralContainers' as const),
    outcome: fc.constantFrom('missed' as const, 'unresolved' as const),
    action: fc.constantFrom('denied' as const, 'warned' as const, 'audited' as const),
  }),
  { minLength: 1, maxLength: 40 },
);
const decisions = findings.map((list) => decision(...list.map((changes) => finding(changes))));

describe('the message of a denial', () => {
  test('says container, field, what was found, what was expected, by which policy, and what to do', () => {
    const sysAdmin = finding({ rule: 'capabilities.add', before: ['SYS_ADMIN'], after: null, kind: 'initContainers' });
    expect(denialOf(decision(finding(), sysAdmin))).toBe(
      'container "proxy": securityContext.capabilities.drop is absent, expected [ALL] (policy strict); ' +
        'init container "proxy": securityContext.capabilities.add is [SYS_ADMIN], expected absent (policy strict). ' +
        'Set the fields where the container comes from, a manifest or a webhook that injects it; if they are left to ' +
        'dropcap, try again.',
    );
  });

  test('says why what cannot be hardened cannot be', () => {
    expect(denialOf(decision(unresolved()))).toBe(
      'container "agent": securityContext.capabilities.drop is absent, which cannot be hardened (policy strict): ' +
        'The container is privileged. What cannot be hardened has to be changed by its author, or spared by a ' +
        'HardeningException.',
    );
  });

  test('is silent about what does not bring it about', () => {
    const message = denialOf(decision(finding({ container: 'told', action: 'warned' }), finding()));
    expect(message).not.toContain('told');
  });

  test('counts what it leaves out', () => {
    const many = Array.from({ length: 20 }, (_, i) => finding({ container: `c${i}` }));
    const message = denialOf(decision(...many));
    expect(message.match(/container "c\d+"/g)).toHaveLength(6);
    expect(message).toContain('; and 14 more.');
    expect(denialOf(decision(...many.slice(0, 6)))).not.toContain('more');
  });

  test('names exceptions that have expired', () => {
    expect(denialOf({ ...decision(finding()), exceptionsExpired: ['old', 'older'] })).toMatch(
      / Exceptions that have expired: old, older\.$/,
    );
  });

  test('is one line of at most 3,500 characters, whatever the names', () => {
    fc.assert(
      fc.property(decisions, (one) => {
        const message = denialOf(one);
        expect(message.length).toBeLessThanOrEqual(3_500);
        expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(message.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
    const long = 'x'.repeat(5_000);
    const longest = Array.from({ length: 20 }, () => [
      finding({ container: long, before: [long], after: [long], policies: [long] }),
      unresolved({ container: long, before: [long], policies: [long], reason: long }),
    ]);
    const message = denialOf({ ...decision(...longest.flat()), exceptionsExpired: [long] });
    expect(message.length).toBeLessThanOrEqual(3_500);
    expect(message).toMatch(/HardeningException\. Exceptions that have expired: x+…\.$/);
  });
});

describe('the warnings of the gate', () => {
  test('are about what is neither refused nor only recorded', () => {
    const all = [finding({ action: 'warned' }), unresolved({ action: 'warned' })];
    expect(gateWarningsOf(decision(finding(), ...all, finding({ action: 'audited' })))).toEqual([
      'dropcap: strict wants capabilities.drop of proxy to be [ALL]',
      'dropcap: strict cannot have capabilities.drop of agent: The container is privileged.',
    ]);
  });

  test('are such that the API server shows each of them, whatever the names', () => {
    fc.assert(
      fc.property(decisions, (one) => {
        for (const warning of gateWarningsOf(one)) {
          expect(warning.length).toBeLessThanOrEqual(120);
          expect(warning).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        }
        expect(gateWarningsOf(one).length).toBeLessThanOrEqual(16);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the audit annotations of the gate', () => {
  const KEY = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

  test('say what it does, by which policies, and about what', () => {
    const flag = { rule: 'allowPrivilegeEscalation', after: false } as const;
    const one = decision(finding(), finding(flag), unresolved({ policies: ['other'] }), unresolved({ ...flag }));
    expect(gateAnnotationsOf({ decision: one, action: 'denied' })).toEqual({
      gate: 'denied',
      'gate-policies': 'other,strict',
      'missed.proxy': 'capabilities.drop=[ALL] allowPrivilegeEscalation=false',
      'unresolved.agent': 'capabilities.drop allowPrivilegeEscalation',
    });
  });

  test('are none where nothing violates', () => {
    expect(gateAnnotationsOf({ decision: NOTHING, action: undefined })).toEqual({});
  });

  test('have keys that the API server takes, none of them a key of hardening, whatever the containers are called', () => {
    fc.assert(
      fc.property(decisions, fc.constantFrom('', 'x'.repeat(63)), (one, name) => {
        const named = name === '' ? one : decision(...one.findings.map((each) => ({ ...each, container: name })));
        for (const key of Object.keys(gateAnnotationsOf({ decision: named, action: 'audited' }))) {
          expect(key).toMatch(KEY);
          expect(key).not.toMatch(/^(policies$|hardened\.)/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('are bounded in number', () => {
    const many = Array.from({ length: 500 }, (_, i) => [
      finding({ container: `c${i}` }),
      unresolved({ container: `c${i}` }),
    ]);
    const annotations = gateAnnotationsOf({ decision: decision(...many.flat()), action: 'denied' });
    expect(Object.keys(annotations).length).toBeLessThanOrEqual(66);
  });
});
