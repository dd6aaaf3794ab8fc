/** What `dropcap capabilities` does. */
import { sourcesOf, type CapabilityFacts } from '../knowledge/capabilities.ts';
import { EVERY_CAPABILITY, setOfNames, type CapabilitySet } from '../knowledge/capabilities-mask.ts';
import { capabilitiesPage } from '../knowledge/capabilities-page.ts';
import { asked, type Asked } from './capabilities-asked.ts';
import { processJson, processText, readProcess } from './capabilities-process.ts';
import { capabilityTable, inFull, LEGEND, pageOf, sentence, summaryOf, type Page } from './capabilities-text.ts';
import type { CapabilitiesOptions } from './capabilities.ts';
import { BadInput, type Context } from './context.ts';
import { say } from './say.ts';

const factsJson = (facts: CapabilityFacts) => ({
  ...facts,
  mask: setOfNames([facts.name]).mask,
  sources: sourcesOf(facts),
});

const setJson = ({ mask, unknownBits, capabilities }: CapabilitySet) => ({
  mask,
  unknownBits,
  capabilities: capabilities.map(factsJson),
});

const isInFull = ({ by, set }: Asked): boolean => by === 'names' && set.mask !== EVERY_CAPABILITY.mask;

function textOf(found: Asked, page: Page): string[] {
  const { by, set } = found;
  const { capabilities } = set;
  if (by === 'nothing') return capabilityTable(capabilities, page);
  const summary = by === 'names' && capabilities.length === 1 ? [] : [summaryOf(set, page)];
  if (isInFull(found)) summary.push(...capabilities.map((facts) => inFull(facts, page)));
  else if (capabilities.length > 0) summary.push(capabilityTable(capabilities, page));
  return summary.flatMap((lines, i) => (i > 0 ? ['', ...lines] : lines));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function refuseBoth(words: readonly string[], { output }: CapabilitiesOptions): void {
  if (words.length > 0)
    throw new BadInput([`error: found ${words[0]!} beside --pid, expected either a process, or names or a mask`]);
  if (output === 'markdown')
    throw new BadInput(['error: --output: found markdown beside --pid, expected table or json']);
}

/** Prints what was asked for. */
export function runCapabilities(words: readonly string[], options: CapabilitiesOptions, context: Context): void {
  const page = pageOf(context);
  if (options.pid !== undefined) {
    refuseBoth(words, options);
    const found = readProcess(options.pid);
    context.stdout.write(options.output === 'json' ? json(processJson(found)) : joined(processText(found, page)));
    return;
  }
  const found = asked(words);
  const print = {
    table: () => joined(textOf(found, page)),
    json: () => json(setJson(found.set)),
    markdown: () => capabilitiesPage(found.set.capabilities),
  };
  context.stdout.write(print[options.output]());
  const hasTable = options.output === 'table' && found.set.capabilities.length > 0 && !isInFull(found);
  if (hasTable && page.columns !== undefined) say(context, ['', ...LEGEND.flatMap((line) => sentence(line, page))]);
}
