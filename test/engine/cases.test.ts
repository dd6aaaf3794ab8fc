import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../src/engine/decision.ts';
import { evaluate } from '../../src/engine/evaluate.ts';
import type { Finding } from '../../src/engine/finding.ts';
import { policySetOf } from '../../src/engine/policy-set.ts';
import { podTemplatesOf } from '../../src/engine/template.ts';
import { applied } from '../outcome.ts';
import { deepFreeze, type Json } from '../pods.ts';
import { caseFiles, wholePod, type CaseFile } from './case-file.ts';
import { RESTRICTED } from './restricted.ts';

/** Decides about every pod template of an object, as the command line and the webhook do. */
function decide(object: Json, { policies = [RESTRICTED], request = {} }: CaseFile): Decision[] {
  const { today = '2026-09-01', annotate = false, oldObject, ...rest } = request;
  const set = policySetOf(policies);
  return podTemplatesOf(object).map(({ pod, base, kind, namespace }) =>
    evaluate(
      {
        operation: 'CREATE',
        subResource: '',
        namespace: namespace || 'team-a',
        namespaceLabels: {},
        user: undefined,
        base,
        workload: kind === 'Pod' ? undefined : kind,
        ...rest,
        object: pod,
        oldObject: oldObject === undefined ? undefined : wholePod(oldObject as object),
      },
      set,
      { today, annotate },
    ),
  );
}

/** A finding cut down to what a case says of it. */
const comparable = (finding: Finding, expected: Partial<Finding>): Partial<Finding> =>
  Object.fromEntries(
    Object.entries(finding).filter(([key]) => key !== 'reason' && (key in expected || key === 'container')),
  );

function expectFindings(found: readonly Finding[], expected: CaseFile['findings']): void {
  expect(found.map(({ container, rule, outcome }) => ({ container, rule, outcome }))).toEqual(
    expected.map(({ container = 'app', rule, outcome }) => ({ container, rule, outcome })),
  );
  found.forEach((finding, i) => {
    const { reason = '', ...rest } = expected[i]!;
    expect(finding.reason).toContain(reason);
    expect(comparable(finding, rest)).toEqual({ container: 'app', ...rest });
  });
}

const expectOptOut = (decisions: readonly Decision[], { ignored, ...rest }: NonNullable<CaseFile['optOut']>): void => {
  const report = decisions[0]!.optOut!;
  expect(report).toMatchObject(rest);
  if (ignored)
    expect(report.ignored).toEqual(ignored.map(({ policy, why }) => ({ policy, why: expect.stringContaining(why) })));
};

describe('cases', () => {
  test.each(caseFiles())('%s', (_, file) => {
    const pod = deepFreeze(wholePod(file.pod));
    const decisions = decide(pod, file);
    expectFindings(
      decisions.flatMap(({ findings }) => findings),
      file.findings,
    );
    const hardened = decisions.reduce((object, { patch }) => applied(object, patch), pod);
    expect(hardened).toEqual(file.unchanged ? pod : wholePod(file.hardened!));
    expect(decisions.every(({ patch }) => patch.length === 0)).toBe(file.unchanged === true);
    expect(decide(hardened, file).flatMap(({ patch }) => patch)).toEqual([]);
    if (file.optOut) expectOptOut(decisions, file.optOut);
    if (file.exceptionsUsed) expect(decisions[0]!.exceptionsUsed).toEqual(file.exceptionsUsed);
    if (file.exceptionsExpired) expect(decisions[0]!.exceptionsExpired).toEqual(file.exceptionsExpired);
  });

  test('each says what becomes of its pod', () => {
    for (const [name, file] of caseFiles())
      expect([name, (file.hardened === undefined) === (file.unchanged === true)]).toEqual([name, true]);
  });
});
