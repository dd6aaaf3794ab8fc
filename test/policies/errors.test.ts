import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '../../src/policies/load.ts';
import { formatProblem } from '../../src/policies/problem.ts';
import { errorsIn, exceptionOf, folderOf, GOOD, policyOf, saidOfException, saidOfPolicy, TODAY } from './folder.ts';

test('every error of a file is said at once, in reading order, with its place, field and what was meant', () => {
  const text = `apiVersion: dropcap.dev/v1alpha1
kind: HardeningPolicy
metadata:
  name: Web_Policy
  lables: {}
spec:
  mode: Enforce
  capabilities:
    drop: [ALL]
    allowedAdd:
      - CAP_NET_RAW
      - net_raw
    defaultAd: []
  allowPrivilegeEscalation: no
  match:
    namespaces: []
`;
  expect(errorsIn({ 'x.yaml': text })).toEqual([
    'policies/x.yaml:4:9: metadata.name: found Web_Policy, expected a name: lower case letters, digits, - and .; did you mean web-policy?',
    'policies/x.yaml:5:3: metadata.lables: unknown field; did you mean labels?',
    'policies/x.yaml:7:9: spec.mode: found Enforce, expected enforce, audit or warn; did you mean enforce?',
    'policies/x.yaml:11:9: spec.capabilities.allowedAdd[0]: found CAP_NET_RAW, expected a capability or ALL; did you mean NET_RAW?',
    'policies/x.yaml:12:9: spec.capabilities.allowedAdd[1]: found net_raw, expected a capability or ALL; did you mean NET_RAW?',
    'policies/x.yaml:13:5: spec.capabilities.defaultAd: unknown field; did you mean defaultAdd?',
    'policies/x.yaml:14:29: spec.allowPrivilegeEscalation: found no, expected true or false',
    'policies/x.yaml:16:5: spec.match.namespaces: found [], expected at least one entry',
  ]);
});

describe('the document', () => {
  test.each([
    ['a: [b\nc: d\n', 'not valid YAML', 'policies/x.yaml:2:1'],
    ['a: "b\n', 'not valid YAML', 'policies/x.yaml:2:1'],
    ['a: *nowhere\n', 'not valid YAML', 'policies/x.yaml:1:4'],
    ['a: !secret b\n', 'not valid YAML', 'policies/x.yaml:1:4'],
    ['{"a": 1,\n', 'not valid YAML', 'policies/x.yaml:2:1'],
  ])('syntax of %j is pointed at', (text, what, place) => {
    const [error] = errorsIn({ 'x.yaml': text });
    expect(error).toContain(`${place}: ${what}: `);
  });

  test('a key given twice is an error that names both lines', () => {
    expect(errorsIn({ 'x.yaml': `${GOOD}kind: HardeningPolicy\n` })).toEqual([
      'policies/x.yaml:5:1: kind: given twice, first in line 2',
    ]);
  });

  test('a key that is not text is an error', () => {
    expect(errorsIn({ 'x.yaml': policyOf('{ [a]: b, mode: audit, level: baseline }') })).toEqual([
      'policies/x.yaml:4:9: not valid YAML: a key that is not text: write it in quotes',
    ]);
  });

  test('__proto__ is an unknown field as any other, and changes nothing behind the scenes', () => {
    const text = policyOf(
      '{ mode: audit, level: baseline, match: { podSelector: { matchLabels: { __proto__: x } } } }',
    );
    expect(errorsIn({ 'x.yaml': text })).toContain(
      'policies/x.yaml:4:78: spec.match.podSelector.matchLabels.__proto__: unknown field',
    );
  });

  test.each([
    ['HardningPolicy', '; did you mean HardeningPolicy?'],
    ['ConfigMap', ''],
  ])('kind %s is unknown', (kind, hint) => {
    expect(errorsIn({ 'x.yaml': GOOD.replace('HardeningPolicy', kind) })).toEqual([
      `policies/x.yaml:2:7: kind: found ${kind}, expected HardeningPolicy or HardeningException${hint}`,
    ]);
  });

  test('the rest of a document of a misspelt kind is judged too', () => {
    const text = policyOf('{ mode: on, level: baseline }').replace('HardeningPolicy', 'HardeningPolcy');
    expect(errorsIn({ 'x.yaml': text })).toEqual([
      'policies/x.yaml:2:7: kind: found HardeningPolcy, expected HardeningPolicy or HardeningException; did you mean HardeningPolicy?',
      'policies/x.yaml:4:15: spec.mode: found on, expected enforce, audit or warn',
    ]);
  });

  test('another apiVersion is an error', () => {
    expect(errorsIn({ 'x.yaml': GOOD.replace('v1alpha1', 'v1') })).toEqual([
      'policies/x.yaml:1:13: apiVersion: found dropcap.dev/v1, expected dropcap.dev/v1alpha1',
    ]);
  });

  test('what is missing is said at the parent', () => {
    expect(
      errorsIn({ 'x.yaml': '---\nkind: HardeningPolicy\nmetadata:\n  labels: {}\nspec:\n  level: baseline\n' }),
    ).toEqual([
      'policies/x.yaml:2:1: apiVersion: found nothing, expected dropcap.dev/v1alpha1',
      'policies/x.yaml:3:1: metadata.name: found nothing, expected text',
      'policies/x.yaml:5:1: spec.mode: found nothing, expected enforce, audit or warn',
    ]);
  });

  test.each([
    ['- a', 'policies/x.yaml:1:1: found [a], expected a HardeningPolicy or HardeningException'],
    ['hello', 'policies/x.yaml:1:1: found hello, expected a HardeningPolicy or HardeningException'],
    ['{}', 'policies/x.yaml:1:1: kind: found nothing, expected HardeningPolicy or HardeningException'],
    ['kind: [a]', 'policies/x.yaml:1:1: kind: found [a], expected HardeningPolicy or HardeningException'],
  ])('%j is no policy', (text, error) => {
    expect(errorsIn({ 'x.yaml': text })).toEqual([error]);
  });

  test('an empty value is not the same as none', () => {
    expect(
      errorsIn({ 'x.yaml': policyOf('\n  mode: audit\n  level: baseline\n  exclude:\n  # - nothing yet') }),
    ).toEqual(['policies/x.yaml:7:3: spec.exclude: found nothing, expected a map']);
  });

  const nasty = `\\e[31m\\u202E\\n${'x'.repeat(5_000)}`;
  const matching = (match: string): string => policyOf(`{ mode: audit, level: baseline, match: ${match} }`);
  test.each([
    ['a value', policyOf(`{ mode: "${nasty}", level: baseline }`)],
    ['a name', policyOf('{ mode: audit, level: baseline }', `"${nasty}"`)],
    ['a field', policyOf(`{ "${nasty}": 1, mode: audit, level: baseline }`)],
    ['a field given twice', policyOf(`{ "${nasty}": 1, "${nasty}": 1, mode: audit, level: baseline }`)],
    ['a label', matching(`{ podSelector: { matchLabels: { "${nasty}": a } } }`)],
    ['a capability', policyOf(`{ mode: audit, capabilities: { drop: ["${nasty}"], allowedAdd: ["${nasty}/"] } }`)],
    ['a registry', matching(`{ images: [{ registry: "${nasty}/a" }] }`)],
    ['a repository', matching(`{ images: [{ repository: "${nasty}:1" }] }`)],
    ['a long repository', matching(`{ images: [{ repository: a.${'x'.repeat(900)}/y }] }`)],
    ['a tag', matching(`{ images: [{ tag: ":${nasty}" }] }`)],
    ['a YAML tag', `a: !${'x'.repeat(5_000)} b`],
    [
      'an exception',
      exceptionOf(`{ policies: ["${nasty}"], match: { users: [a] }, keep: ["*${nasty}"], reason: r, owner: o }`),
    ],
  ])('%s is cut to 60 characters and cannot write to a terminal', (_, text) => {
    const folder = folderOf({ 'good.yaml': GOOD, 'x.yaml': text });
    const { errors } = loadPolicies([folder], TODAY);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error.found.length).toBeLessThanOrEqual(60);
      expect(formatProblem(error).length).toBeLessThan(600);
      expect(Object.values(error).join(' ')).toMatch(/^[^\p{C}\u2028\u2029]*$/u);
    }
  });

  test('a second document is as good as a first, with its own lines', () => {
    expect(errorsIn({ 'x.yaml': `${GOOD}---\n${policyOf('{ mode: x, level: baseline }')}` })).toEqual([
      'policies/x.yaml:9:15: spec.mode: found x, expected enforce, audit or warn',
    ]);
  });
});

describe('names', () => {
  test('two policies of one name are an error that names both places', () => {
    expect(errorsIn({ 'a.yaml': GOOD, 'b.yaml': GOOD })).toEqual([
      'policies/b.yaml:3:19: metadata.name: good is the name of another HardeningPolicy in policies/a.yaml:3:19',
    ]);
  });

  test('a policy and an exception may share a name', () => {
    const exception = exceptionOf(
      '{ match: { namespaces: [a] }, rules: [capabilities.drop], reason: r, owner: o }',
      'good',
    );
    expect(errorsIn({ 'a.yaml': GOOD, 'b.yaml': exception })).toEqual([]);
  });

  test('an exception from a policy that is not there is an error', () => {
    expect(
      saidOfException('{ policies: [god, good], match: { namespaces: [a] }, keep: [KILL], reason: r, owner: o }'),
    ).toEqual(['spec.policies[0]: found god, expected the name of a policy that is loaded; did you mean good?']);
  });

  test('a policy that is only misspelt elsewhere is there all the same', () => {
    const exception = exceptionOf('{ policies: [bad], match: { namespaces: [a] }, keep: [KILL], reason: r, owner: o }');
    expect(errorsIn({ 'a.yaml': policyOf('{ mode: x, level: baseline }', 'bad'), 'b.yaml': exception })).toEqual([
      'policies/a.yaml:4:15: spec.mode: found x, expected enforce, audit or warn',
    ]);
  });
});

describe('what a policy demands', () => {
  test.each([
    ['{ mode: audit }', 'spec: demands nothing: give it a level, capabilities or allowPrivilegeEscalation: false'],
    [
      '{ mode: audit, capabilities: {} }',
      'spec: demands nothing: give it a level, capabilities or allowPrivilegeEscalation: false',
    ],
    [
      '{ mode: audit, allowPrivilegeEscalation: true }',
      'spec: demands nothing: give it a level, capabilities or allowPrivilegeEscalation: false',
    ],
    [
      '{ mode: audit, capabilities: { drop: [ALL] } }',
      'spec.capabilities.allowedAdd: required with drop: [ALL]; [] allows none, [ALL] allows any',
    ],
    [
      '{ mode: audit, level: baseline, capabilities: { drop: ["*"] } }',
      'spec.capabilities.drop[0]: found *, expected a capability or ALL; did you mean ALL?',
    ],
    [
      '{ mode: audit, level: baseline, capabilities: { drop: [NET_RWA] } }',
      'spec.capabilities.drop[0]: found NET_RWA, expected a capability or ALL; did you mean NET_RAW?',
    ],
    [
      '{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [], defaultAdd: [CHOWN] } }',
      'spec.capabilities.defaultAdd[0]: CHOWN is not in allowedAdd, so it cannot be given back',
    ],
    [
      '{ mode: audit, level: restricted, capabilities: { defaultAdd: [CHOWN] } }',
      'spec.capabilities.defaultAdd[0]: CHOWN is not in allowedAdd, so it cannot be given back',
    ],
    [
      '{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [ALL], defaultAdd: [ALL] } }',
      'spec.capabilities.defaultAdd[0]: found ALL, expected a capability',
    ],
    [
      '{ mode: audit, capabilities: { drop: [KILL], allowedAdd: [KILL] } }',
      'spec.capabilities.allowedAdd[0]: KILL is in drop by name, so it cannot be in allowedAdd',
    ],
    [
      '{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [KILL], defaultAdd: [KIL] } }',
      'spec.capabilities.defaultAdd[0]: found KIL, expected a capability; did you mean KILL?',
    ],
    [
      '{ mode: audit, defaultAllowPrivilegeEscalation: true }',
      'spec.defaultAllowPrivilegeEscalation: found true, expected false',
    ],
    ['{ mode: audit, level: privileged }', 'spec.level: found privileged, expected baseline or restricted'],
    [
      '{ mode: enforce, level: baseline, gate: { missed: deny } }',
      'spec.gate.missed: found deny, expected enforce, audit or warn',
    ],
    [
      '{ mode: enforce, level: baseline, gate: { unresolved: true } }',
      'spec.gate.unresolved: found true, expected enforce, audit or warn',
    ],
    [
      '{ mode: enforce, level: baseline, gate: { mised: enforce } }',
      'spec.gate.mised: unknown field; did you mean missed?',
    ],
    ['{ mode: enforce, level: baseline, gate: enforce }', 'spec.gate: found enforce, expected a map'],
    [
      '{ mode: enforce, gate: { missed: enforce } }',
      'spec: demands nothing: give it a level, capabilities or allowPrivilegeEscalation: false',
    ],
    ['{ mode: audit, level: baseline, optOut: { maxDays: 0 } }', 'spec.optOut.maxDays: found 0, expected at least 1'],
    [
      '{ mode: audit, level: baseline, optOut: { maxDays: 1.5 } }',
      'spec.optOut.maxDays: found 1.5, expected a whole number',
    ],
    [
      '{ mode: audit, level: baseline, optOut: { rules: [] } }',
      'spec.optOut.rules: found [], expected at least one entry',
    ],
    [
      '{ mode: audit, level: baseline, optOut: { rules: [capabilities.drp] } }',
      'spec.optOut.rules[0]: found capabilities.drp, expected capabilities.drop, capabilities.add or allowPrivilegeEscalation; did you mean capabilities.drop?',
    ],
  ])('%s', (spec, error) => {
    expect(saidOfPolicy(spec)).toEqual([error]);
  });

  test.each([
    '{ mode: audit, level: restricted }',
    '{ mode: enforce, level: restricted, gate: {} }',
    '{ mode: audit, level: restricted, gate: { missed: enforce, unresolved: warn } }',
    '{ mode: audit, level: baseline, capabilities: { drop: [ALL] } }',
    '{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [] } }',
    '{ mode: audit, capabilities: { drop: [ALL], allowedAdd: [ALL], defaultAdd: [CHOWN] } }',
    '{ mode: audit, capabilities: { drop: [NET_RAW] } }',
    '{ mode: audit, capabilities: { allowedAdd: [ALL] } }',
    '{ mode: audit, level: baseline, capabilities: { drop: [CHOWN] } }',
    '{ mode: audit, allowPrivilegeEscalation: false }',
    '{ mode: audit, defaultAllowPrivilegeEscalation: false }',
  ])('%s is enough', (spec) => {
    expect(saidOfPolicy(spec)).toEqual([]);
  });

  test('a demand that is only misspelt is not said to be missing', () => {
    expect(saidOfPolicy('{ mode: audit, capabilites: { drop: [KILL] } }')).toEqual([
      'spec.capabilites: unknown field; did you mean capabilities?',
    ]);
  });
});

describe('an exception', () => {
  const rest = 'reason: r, owner: o';
  test.each([
    [`{ match: { namespaces: [a] }, ${rest} }`, 'spec: spares nothing: give it keep or rules, or both'],
    [
      `{ match: {}, keep: [KILL], ${rest} }`,
      'spec.match: needs at least one field: an exception for everything would switch the policy off',
    ],
    [`{ keep: [KILL], ${rest} }`, 'spec.match: found nothing, expected a map'],
    [
      `{ match: { namespaces: [a] }, keep: [ALL], ${rest} }`,
      'spec.keep[0]: ALL cannot be kept: an exception keeps capabilities one by one: name those that are needed',
    ],
    [
      `{ match: { namespaces: [a] }, keep: [cap_all], ${rest} }`,
      'spec.keep[0]: cap_all cannot be kept: an exception keeps capabilities one by one: name those that are needed',
    ],
    [
      `{ match: { namespaces: [a] }, keep: ["*"], ${rest} }`,
      'spec.keep[0]: * cannot be kept: an exception keeps capabilities one by one: name those that are needed',
    ],
    [
      `{ match: { namespaces: [a] }, keep: [chown], ${rest} }`,
      'spec.keep[0]: found chown, expected a capability; did you mean CHOWN?',
    ],
    [`{ match: { namespaces: [a] }, keep: [], ${rest} }`, 'spec.keep: found [], expected at least one entry'],
    [
      '{ match: { namespaces: [a] }, keep: [KILL], reason: " ", owner: o }',
      'spec.reason: found " ", expected some text',
    ],
    ['{ match: { namespaces: [a] }, keep: [KILL], reason: "", owner: o }', 'spec.reason: found "", expected some text'],
    ['{ match: { namespaces: [a] }, keep: [KILL], reason: r }', 'spec.owner: found nothing, expected text'],
    [
      `{ match: { namespaces: [a] }, keep: [KILL], ${rest}, expires: 2027-02-30 }`,
      'spec.expires: found 2027-02-30, expected a day that exists, as YYYY-MM-DD',
    ],
    [
      `{ match: { namespaces: [a] }, keep: [KILL], ${rest}, expires: 20270228 }`,
      'spec.expires: found 20270228, expected text, in quotes',
    ],
    [
      `{ match: { namespaces: [a] }, exclude: { namespaces: [a] }, keep: [KILL], ${rest} }`,
      'spec.exclude: excludes everything that match covers',
    ],
  ])('%s', (spec, error) => {
    expect(saidOfException(spec)).toEqual([error]);
  });

  test.each(['2027-02-28', '"2027-02-28"'])('takes the date %s', (date) => {
    expect(saidOfException(`{ match: { namespaces: [a] }, keep: [KILL], ${rest}, expires: ${date} }`)).toEqual([]);
  });
});
