/** The options with which `dropcap explain` writes an exception instead of explaining. */
import type { Command } from 'commander';
import { ALL, CAPABILITIES, canonical, isCapability } from '../engine/capabilities.ts';
import { didYouMean } from '../engine/did-you-mean.ts';
import { BadInput } from './context.ts';

/** What is to be suggested, as commander reads it. */
export interface SuggestOptions {
  readonly suggest?: true;
  /** Canonical names. */
  readonly keep?: readonly string[];
  readonly allowEscalation?: true;
  readonly log?: string;
}

function wrongWith(name: string): string | undefined {
  if (isCapability(canonical(name))) return undefined;
  if (canonical(name) === ALL || name === '*')
    return `found ${name}, expected capabilities one by one: those that are needed`;
  const meant = didYouMean(canonical(name), CAPABILITIES);
  return `found ${name || 'nothing'}, expected a capability${meant ? `; did you mean ${meant}?` : ''}`;
}

/** Reads `NET_RAW,CHOWN`, in any case and with or without `CAP_`, and adds it to what was read before. */
export function capabilityNames(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.map(wrongWith).filter((line) => line !== undefined);
  if (wrong.length > 0) throw new BadInput(wrong.map((line) => `error: --keep: ${line}`));
  return [...new Set([...before, ...names.map(canonical)])];
}

/** Adds the options to a command. */
export const withSuggest = (command: Command): Command =>
  command
    .option('--suggest', 'print the narrowest HardeningException instead, with owner and reason left to fill in')
    .option('--keep <names>', 'with --suggest: capabilities to keep, as in NET_RAW,CHOWN (repeatable)', capabilityNames)
    .option('--allow-escalation', 'with --suggest: keep privilege escalation, too')
    .option('--log <file|->', "with --suggest: the container's log, from which is read what it needs");

/** Refuses these options where they have no meaning, and two inputs from one stdin. */
export function refuseWithoutSuggest(options: SuggestOptions & { readonly filename?: readonly string[] }): void {
  const { suggest, keep, allowEscalation, log, filename = [] } = options;
  const given = { '--keep': keep, '--allow-escalation': allowEscalation, '--log': log };
  const [first] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (!suggest && first) throw new BadInput([`error: ${first}: found it without --suggest, expected both`]);
  if (log === '-' && filename.includes('-'))
    throw new BadInput(['error: --log: found -, which -f reads already, expected a file for one of the two']);
}
