/** What `dropcap why` does. */
import { CAUSES, PATTERNS, PROGRAMS, SYMPTOMS } from '../knowledge/breakage.ts';
import { breakagePage } from '../knowledge/breakage-page.ts';
import { DEBUG_PROFILES, MESHES } from '../knowledge/injected.ts';
import { diagnose } from '../knowledge/symptoms-in-log.ts';
import type { Context } from './context.ts';
import { count, say } from './say.ts';
import { answerLines, programLines } from './why-answer.ts';
import { askedPrograms, readLines, type Asked, type Lines } from './why-input.ts';
import { whyJson } from './why-json.ts';
import { listLines } from './why-list.ts';
import { page } from './why-page.ts';
import type { WhyOptions } from './why.ts';

const UNKNOWN = 1;
const REFUSAL = /not permitted|denied|EPERM|EACCES|errno[ =]?(?:1|13)\b/i;

const LOOK = [
  'What to look at:',
  '- the first error of the log, which the last one often hides (kubectl logs --previous), all of it: dropcap why -',
  "- what the process holds: grep -E 'Uid|Cap|NoNewPrivs' /proc/1/status in the container",
  '- who owns the files that it names: ls -ln; no image and no manifest tells',
  '- whether it works where the policy is in mode: audit; if not, hardening is not what broke it',
  '- whether the program is one that fails without a word: dropcap why --program NAME, or --list',
];

const filled = (lines: readonly string[]): number => lines.filter((line) => line.trim() !== '').length;

/** Says that nothing is known, and what may tell more. */
function giveUp({ lines }: Lines, { programs }: Asked, context: Context): void {
  const read = count(filled(lines), 'line');
  const elsewhere = programs !== undefined && diagnose(lines).length > 0;
  const refused = lines.some((line) => REFUSAL.test(line));
  say(context, [
    `no error text that dropcap knows in ${read}`,
    ...(elsewhere ? ['Other programs write texts like it: ask without --program and --image.'] : []),
    ...(refused && !elsewhere ? ['It reads like a refusal, but does not say of what.'] : []),
    ...LOOK,
  ]);
  context.exit(UNKNOWN);
}

function printList({ output }: WhyOptions, context: Context): void {
  if (output === 'markdown') context.stdout.write(breakagePage());
  else if (output === 'table') context.stdout.write(page(listLines(), context));
  else {
    const known = { patterns: PATTERNS, causes: CAUSES, symptoms: SYMPTOMS, programs: PROGRAMS };
    const everything = { ...known, debugProfiles: DEBUG_PROFILES, meshes: MESHES };
    context.stdout.write(`${JSON.stringify(everything, null, 2)}\n`);
  }
}

/** What is known of the programs that were asked for. */
function printPrograms({ programs }: Asked, { output }: WhyOptions, context: Context): void {
  if (output === 'json') context.stdout.write(whyJson([], programs));
  else if (programs) context.stdout.write(page(programLines(programs), context));
  if (!programs) context.exit(UNKNOWN);
}

/** Answers. Ends with 1 where nothing is known. */
export async function runWhy(text: string | undefined, options: WhyOptions, context: Context): Promise<void> {
  if (options.list) {
    printList(options, context);
    return;
  }
  const asked = askedPrograms(options);
  say(context, asked.warnings);
  if (text === undefined) {
    printPrograms(asked, options, context);
    return;
  }
  const read = await readLines(text, context);
  if (read.cut) say(context, ['warning: stdin: only its first 10 MiB are read']);
  const diagnoses = diagnose(read.lines, asked.programs && new Set(asked.programs.map(({ name }) => name)));
  if (options.output === 'json') context.stdout.write(whyJson(diagnoses, asked.programs));
  else context.stdout.write(page(answerLines(diagnoses, filled(read.lines) > 1, asked.programs), context));
  if (diagnoses.length === 0) giveUp(read, asked, context);
}
