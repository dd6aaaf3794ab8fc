import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causesOf, cutTo } from '../../src/events/causes.ts';
import type { JsonMap } from '../pods.ts';
import { decisionOf, loose, privileged } from './decided.ts';

const told = (containers: readonly JsonMap[], annotations: JsonMap = {}): string[] =>
  causesOf(decisionOf(containers, annotations)).map(({ type, reason, note }) => `${type} ${reason} ${note()}`);

const OPT_OUT = { 'dropcap.dev/opt-out': 'true', 'dropcap.dev/opt-out-reason': 'it chowns' };

describe('what is told of a decision', () => {
  test('is what was taken away, container by container', () => {
    expect(told([loose('app'), { name: 'sidecar' }])).toEqual([
      'Normal CapabilitiesDropped Policy restricted: app: drop ALL, no SYS_ADMIN, no escalation; sidecar: drop ALL, no escalation',
    ]);
  });

  test('is what had to be left, and why, as a warning', () => {
    expect(told([privileged('a'), privileged('b')])).toEqual([
      expect.stringMatching(
        /^Warning CapabilitiesNotDropped Policy restricted: a, b: capabilities\.drop: .*privileged/,
      ),
    ]);
  });

  test('is an opt-out that does not count, as a warning, beside what was taken away in spite of it', () => {
    expect(told([{ name: 'app' }], OPT_OUT)).toEqual([
      'Normal CapabilitiesDropped Policy restricted: app: drop ALL, no escalation',
      'Warning OptOutIgnored restricted: the namespace is not labelled dropcap.dev/allow-opt-out=true',
    ]);
  });

  test('is nothing where a pod complies, or an exception spares it', () => {
    const compliant = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
    expect(told([{ name: 'app', securityContext: compliant }])).toEqual([]);
    expect(decisionOf([{ name: 'spared' }]).findings).not.toEqual([]);
    expect(told([{ name: 'spared' }])).toEqual([]);
  });

  test('never has a character that is not to be seen, whatever a pod is called', () => {
    const name = '\u001b[31mred\u202Ebackwards\u0007\nnext';
    for (const note of [...told([loose(name)]), ...told([privileged(name)])])
      expect(note).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});

describe('a note', () => {
  test('of many containers is cut to 1,024 bytes, at a character', () => {
    const name = (i: number): string => `🔐${'é'.repeat(i % 60)}${i}`;
    const many = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? loose(name(i)) : { name: name(i) }));
    // Each with a reason of its own, so that they are not told together.
    const causes = causesOf(
      decisionOf(many.map((one, i) => ({ ...one, securityContext: { capabilities: { add: [`X${i}`] } } }))),
    );
    expect(causes).toHaveLength(1);
    const note = causes[0]!.note();
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(note)).toBeGreaterThan(1000);
    expect(note).toMatch(/…$/);
    expect(note.isWellFormed() && !note.includes('\ufffd')).toBe(true);
  });

  test('that fits is left as it is, and one that does not is the longest beginning that fits', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 80 }), (whole, bytes) => {
        const cut = cutTo(whole, bytes);
        if (Buffer.byteLength(whole) <= bytes) return cut === whole;
        const kept = cut.slice(0, -1);
        const next = String.fromCodePoint(whole.codePointAt(kept.length)!);
        return (
          cut.endsWith('…') &&
          whole.startsWith(kept) &&
          Buffer.byteLength(cut) <= bytes &&
          Buffer.byteLength(kept + next) + 3 > bytes
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
