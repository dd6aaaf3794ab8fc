/** The error texts of a table of measured starts, which lies beside the repository. It is never copied into it. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CAPABILITIES } from '../../src/engine/capabilities.ts';
import { mendsOf } from '../../src/knowledge/breakage-mend.ts';
import { MEASURED_STARTS } from '../corpus.ts';
import { diagnose, type Diagnosis } from '../../src/knowledge/symptoms-in-log.ts';

const isThere = existsSync(MEASURED_STARTS);

interface Row {
  readonly program: string;
  readonly user: string;
  /** The least that was measured, and what the table asks for beside it. */
  readonly least: string;
  readonly texts: readonly string[];
}

// Quoted in the column of errors, but names of calls and options, or the half of a text.
const NO_TEXTS = new Set(['chown', 'bind()', 'add', '-d 0', 'Broken pipe']);

function rows(): Row[] {
  const lines = readFileSync(MEASURED_STARTS, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === 7 && !cells[0]!.startsWith('program') && !cells[0]!.startsWith('-'))
    .map(([program, user, , least, error, , sign]) => ({
      program: program!,
      user: user!,
      least: `${least!} ${/add [A-Z_ ]+ too/.exec(sign!)?.[0] ?? ''}`,
      texts: [...error!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!),
    }));
}

const measuredCapabilities = (least: string): ReadonlySet<string> =>
  new Set(CAPABILITIES.filter((name) => new RegExp(`\\b${name}\\b`).test(least)));

/** Does an answer name what mends the program, or that nothing does? */
function isRight({ user, least }: Row, { cause, needs: own }: Diagnosis): boolean {
  // Not broken, but degraded: what the answer has to name is the switch of users, or the owner.
  if (least.startsWith('–')) return [3, 5, 8].includes(cause.pattern!);
  const measured = measuredCapabilities(least);
  // Where escalation matters in a container of root's, it is a process of some user.
  const anyone = user === '0/n' || (user === '0' && least.includes('APE true'));
  return mendsOf(cause, own)
    .filter((mend) => anyone || mend.user === (user === '0' ? 'root' : 'user'))
    .some(({ needs, escalation }) => {
      if (needs === null) return least.includes('none works');
      return needs.length === 0 ? escalation && least.includes('APE true') : needs.every((name) => measured.has(name));
    });
}

/** Which answer is right: 0 is the first, -1 none. */
const rightAnswer = (row: Row, text: string): number =>
  diagnose([text.replaceAll('…', '/some/path')]).findIndex((one) => isRight(row, one));

if (!isThere) console.log('the table of measured starts is not there: its texts are not tried');

(isThere ? describe : describe.skip)('the error texts that were measured', () => {
  const all = isThere ? rows().flatMap((row) => row.texts.map((text) => ({ row, text }))) : [];
  const asked = all.filter(({ text }) => !NO_TEXTS.has(text));
  const answered = asked.map(({ row, text }) => ({ row, text, rank: rightAnswer(row, text) }));
  const named = (some: typeof answered): string[] => some.map(({ row, text }) => `${row.program}: ${text}`);
  const later = answered.filter(({ rank }) => rank > 0);
  const misses = answered.filter(({ rank }) => rank < 0);

  test('are answered with capabilities out of those that mend the program, or with none where none does', () => {
    const first = answered.length - later.length - misses.length;
    const counts = `${answered.length} texts: ${first} hits in the first answer, ${later.length} in a later one, ${misses.length} misses`;
    console.log([counts, 'In a later one:', ...named(later), 'Misses:', ...named(misses)].join('\n'));
    expect(answered.length).toBeGreaterThan(100);
    expect(named(misses)).toEqual([]);
    expect(later.length).toBeLessThanOrEqual(2);
  });
});
