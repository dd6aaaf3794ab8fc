/** `dropcap explain --suggest`: the narrowest exceptions for some containers. */
import { createReadStream } from 'node:fs';
import { diagnose } from '../knowledge/symptoms-in-log.ts';
import { BAD_INPUT, BadInput, type Context } from './context.ts';
import type { Chosen } from './explain-container.ts';
import { typedAgain, type ManifestOptions } from './manifest-options.ts';
import { count, say, whyNot } from './say.ts';
import { suggestException, type Suggested, type Suggestion } from './suggest-exception.ts';
import { nameOf } from './suggest-loss.ts';
import type { SuggestOptions } from './suggest-options.ts';
import { exceptionsText } from './suggest-yaml.ts';
import { quoted } from './try-shell.ts';
import { readLines } from './why-input.ts';

type SuggestRun = SuggestOptions & ManifestOptions;

/** What is asked of one container must not be given to others. */
function refuseSeveral(candidates: readonly Chosen[], { keep, allowEscalation, log }: SuggestOptions): void {
  const given = { '--keep': keep, '--allow-escalation': allowEscalation, '--log': log };
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  const names = [...new Set(candidates.map(({ container: { name } }) => name))];
  if (option === undefined || names.length < 2) return;
  const some = names.length > 6 ? `${names.slice(0, 6).join(', ')}, …` : names.join(', ');
  throw new BadInput([
    `error: ${option}: found ${names.length} containers (${some}), expected one: name it with --container`,
  ]);
}

/** The lines of the log; none without one. */
async function logLines(file: string | undefined, context: Context): Promise<readonly string[]> {
  if (file === undefined) return [];
  try {
    const stdin = file === '-' ? context.stdin : createReadStream(file);
    const { lines, cut } = await readLines('-', { ...context, stdin });
    if (cut) say(context, ['warning: --log: only its first 10 MiB are read']);
    if (diagnose(lines).length === 0) say(context, ['warning: --log: no error text that dropcap knows']);
    return lines;
  } catch (error) {
    throw new BadInput([`error: --log: ${whyNot(error, file)}`]);
  }
}

/** Containers that come to the same exception, as where a manifest is there twice, share it. */
function withoutTwins(all: readonly Suggested[]): readonly Suggested[] {
  const bySpec = Map.groupBy(all, ({ spec }) => JSON.stringify(spec));
  return [...bySpec.values()].map(([first, ...more]) =>
    more.length === 0 ? first! : { ...first!, title: `${first!.title}, and ${count(more.length, 'other')} like it` },
  );
}

const NOTHING =
  'nothing is foretold to break surely or likely. If you know what is needed: --keep NAME,NAME, or --log FILE';

/** A line for each thing that was not suggested; containers of which nothing is known are only counted. */
function remarksOn(candidates: readonly Chosen[], suggestions: readonly Suggestion[]): string[] {
  const silent = suggestions.filter(
    ({ suggested, remarks, refused }) => !suggested && remarks.length + refused.length === 0,
  ).length;
  const lines = candidates.flatMap((candidate, i) =>
    suggestions[i]!.remarks.map((remark) => `${nameOf(candidate)}: ${remark}`),
  );
  if (silent === 0) return lines;
  const who = silent === 1 && candidates.length === 1 ? nameOf(candidates[0]!) : count(silent, 'container');
  return [...lines, `${who}: no exception: ${NOTHING}`];
}

function assumptions(all: readonly Suggested[]): string[] {
  const assumed = all.map((one) => one.assumed).find((one) => one !== undefined);
  return assumed === undefined
    ? []
    : [`warning: where a manifest names no namespace, ${assumed} is assumed: change it in namespaces if need be`];
}

/** What to do with what was printed, beside the policies that were asked. */
function nextSteps(given: SuggestRun): string[] {
  const policy = [...(given.policy ?? ['restricted']), 'FOLDER'];
  const options = typedAgain({ ...given, policy });
  return [
    'next: save it in a FOLDER for exceptions, fill in reason and owner, and see what comes of it:',
    `  dropcap policy validate ${policy.map(quoted).join(' ')}`,
    `  dropcap check ${options}`,
    `  dropcap harden ${options} -o diff`,
  ];
}

/**
 * Prints exceptions for those of some containers that would lose what they need; says on stderr why there is none for the
 * others, and ends with 2 where an option asks for what no exception can give. Throws `BadInput` for bad options.
 */
export async function runSuggest(candidates: readonly Chosen[], options: SuggestRun, context: Context): Promise<void> {
  refuseSeveral(candidates, options);
  const log = await logLines(options.log, context);
  const suggestions = candidates.map((candidate) => suggestException(candidate, { options, log }));
  const all = withoutTwins(suggestions.flatMap(({ suggested }) => suggested ?? []));
  const refused = candidates.flatMap((candidate, i) =>
    suggestions[i]!.refused.map((line) => `error: ${nameOf(candidate)}: ${line}`),
  );
  context.stdout.write(exceptionsText(all));
  say(context, [
    ...assumptions(all),
    ...remarksOn(candidates, suggestions),
    ...refused,
    `${count(all.length, 'exception')} for ${count(candidates.length, 'container')}`,
    ...(all.length === 0 ? [] : nextSteps(options)),
  ]);
  if (refused.length > 0) context.exit(BAD_INPUT);
}
