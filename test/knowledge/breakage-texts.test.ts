import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SYMPTOMS } from '../../src/knowledge/breakage.ts';
import { comparable, find, textPattern } from '../../src/knowledge/breakage-text.ts';
import { diagnose } from '../../src/knowledge/symptoms-in-log.ts';
import { symptomsIn } from '../../src/knowledge/symptoms.ts';
import { ORDINARY_LINES } from './breakage-ordinary-lines.ts';

const matches = (line: string, pattern: string): boolean => find(comparable(line), textPattern(pattern)) !== undefined;

describe('a pattern', () => {
  test.each([
    ['bind() to 0.0.0.0:80 failed', 'bind() to * failed', true],
    ['BIND() TO x FAILED', 'bind() to * failed', true],
    ['bind() to failed', 'bind() to * failed', false],
    ['failed to bind() to x', 'bind() to * failed', false],
    ['su: Authentication failure', 'su: authentication failure', true],
    ['emsu: Authentication failure', 'su: authentication failure', false],
    ['su: Authentication failures', 'su: authentication failure', false],
    ['open /x: permission denied', 'permission denied$', true],
    ['"open /x: permission denied"}', 'permission denied$', true],
    ['permission denied (publickey)', 'permission denied$', false],
    ['permission denied, then permission denied.', 'permission denied$', true],
    ['chown: changing ownership of ‘/data’', "ownership of '/data'", true],
    [String.raw`{"msg":"failed switching to \"redis\""}`, 'failed switching to "redis"', true],
    ['\u001b[31mfailed\u001b[0m  to\tbind', 'failed to bind', true],
    [`a${'x'.repeat(0)} ${'.'.repeat(190)} b`, 'a*b', true],
    [`a ${'.'.repeat(300)} b`, 'a*b', false],
    [`a ${'.'.repeat(300)} a b`, 'a*b', true],
    ['', 'a', false],
    ['a', '', false],
  ])('%j has %j: %j', (line, pattern, expected) => {
    expect(matches(line, pattern)).toBe(expected);
  });

  test('is found wherever its literals stand in order, with few characters between them', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const gap = fc.stringMatching(/^[ .]{1,40}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.array(gap, { minLength: 6, maxLength: 6 }),
        (words, gaps) => {
          const line = words.map((one, i) => gaps[i]! + one).join('') + gaps[5]!;
          expect(matches(line, words.join('*'))).toBe(true);
          expect(matches(line, `${words.join('*')}$`)).toBe(true);
        },
      ),
    );
  });

  test('is found from the first 64 KiB alone', () => {
    const text = 'failed switching to "x"';
    expect(symptomsIn(' '.repeat(65_536 - text.length) + text)).toHaveLength(1);
    expect(symptomsIn('.'.repeat(65_536) + text)).toEqual([]);
  });
});

describe('every text of every symptom', () => {
  const texts = SYMPTOMS.flatMap((symptom) =>
    [...(symptom.says ?? []), ...(symptom.known ?? [])].map((text) => ({ text, symptom })),
  );
  const written = (text: string, port: string | undefined): string =>
    text.replaceAll('*', port === 'high' ? ' :8080 ' : ' /some/path ').replace('$', '') +
    (port === 'high' ? ' :8080' : '');

  test.each(texts)('$symptom.cause: $text', ({ text, symptom }) => {
    expect(symptomsIn(written(text, symptom.port)).map((one) => one.symptom)).toContain(symptom);
  });
});

describe('a line that has nothing to do with hardening', () => {
  test.each(ORDINARY_LINES)('%s', (line) => {
    expect(symptomsIn(line).map(({ symptom }) => symptom.cause)).toEqual([]);
  });

  test('there are a hundred of them', () => {
    expect(ORDINARY_LINES.length).toBeGreaterThanOrEqual(100);
  });

  test('of random words has no cause', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,10}$/);
    const line = fc.array(fc.oneof(word, fc.nat().map(String), fc.constantFrom(':', '(', ')', '"', '/x')), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(line, (words) => {
        expect(diagnose([words.join(' ')])).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is read to its end, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SYMPTOMS), fc.integer({ min: 1, max: 4_000 }), (symptom, times) => {
        const parts = (symptom.says ?? symptom.known)![0]!.split('*');
        expect(Array.isArray(symptomsIn(parts[0]!.repeat(times)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('may hold any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (line) => diagnose([line]).length >= 0));
  });
});
