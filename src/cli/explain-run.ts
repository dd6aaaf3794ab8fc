/** What `dropcap explain` does. */
import { didYouMean } from '../engine/did-you-mean.ts';
import { utcToday } from '../policies/load.ts';
import { BAD_INPUT, BadInput, type Context } from './context.ts';
import { decideManifests } from './decide.ts';
import { chosenIn, explained, type Chosen } from './explain-container.ts';
import type { CoverTerms } from './explain-cover.ts';
import { asJson } from './explain-json.ts';
import { asText } from './explain-text.ts';
import { nextSteps } from './explain-next.ts';
import type { ExplainOptions } from './explain.ts';
import { readInputs } from './inputs.ts';
import { namespacesFrom } from './namespaces.ts';
import { openPolicies } from './policies.ts';
import { count, say } from './say.ts';
import { runSuggest } from './suggest.ts';
import { leftOut, remarksBesideFindings } from './summary.ts';
import { asCommands } from './try.ts';

const MOST_NAMES = 20;

/** The containers of one name, or all of them. Throws `BadInput`, after what is to be said anyway, where there is none. */
function named(chosen: readonly Chosen[], name: string | undefined, said: readonly string[]): readonly Chosen[] {
  if (name === undefined) return chosen;
  const found = chosen.filter(({ container }) => container.name === name);
  if (found.length > 0) return found;
  const names = [...new Set(chosen.map(({ container }) => container.name))];
  const meant = didYouMean(name, names);
  const list = names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '');
  const expected = names.length > 0 ? `expected one of: ${list}` : 'and there is no container';
  throw new BadInput([
    ...said,
    `error: --container: found ${name || 'nothing'}, ${expected}${meant ? `; did you mean ${meant}?` : ''}`,
  ]);
}

/** `3 containers of 2 pod templates explained`. */
function doneIn(chosen: readonly Chosen[], errors: number): string {
  const templates = new Set(chosen.map(({ decided }) => decided)).size;
  if (templates === 0) return errors > 0 ? `nothing explained${leftOut(errors)}` : 'no pod template found';
  return `${count(chosen.length, 'container')} of ${count(templates, 'pod template')} explained${leftOut(errors)}`;
}

/** What is printed, and what is advised after it. */
function told(
  chosen: readonly Chosen[],
  terms: CoverTerms,
  errors: readonly string[],
  options: ExplainOptions,
  context: Context,
) {
  if (options.try !== undefined) return { text: asCommands(chosen, options.try), advice: [] };
  const containers = explained(chosen, terms);
  if (options.output === 'json') return { text: asJson({ containers, errors }), advice: [] };
  return { text: asText(containers, context), advice: nextSteps(containers, options) };
}

/** Explains the manifests; says on stderr what could not be read or decided about. */
export async function runExplain(options: ExplainOptions, context: Context): Promise<void> {
  const today = utcToday();
  const { set, selectsByLabel, warnings } = openPolicies(options.policy ?? ['restricted'], today);
  const namespaces = await namespacesFrom(options.namespaces, context);
  const { manifests, problems } = await readInputs(options.filename, context);
  const decided = decideManifests(manifests, { set, today, namespaces }, context);
  const errors = [...problems, ...decided.flatMap((one) => [...one.problems.values()])];
  const said = [
    ...warnings,
    ...remarksBesideFindings(decided, selectsByLabel),
    ...errors.map((line) => `error: ${line}`),
  ];
  const chosen = named(chosenIn(decided), options.container, said);
  if (errors.length > 0) context.exit(BAD_INPUT);
  if (options.suggest) {
    say(context, said);
    return runSuggest(chosen, options, context);
  }
  const { text, advice } = told(chosen, { set, today }, errors, options, context);
  context.stdout.write(text);
  say(context, [...said, doneIn(chosen, errors.length), ...advice]);
}
