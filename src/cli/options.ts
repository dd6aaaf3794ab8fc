/** Options and their values: each reader takes text and says what was expected where it is something else. */
import type { Command } from 'commander';
import { choiceOf } from '../engine/did-you-mean.ts';
import { BadInput } from './context.ts';

/** Collects a repeatable option. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

const wrong = (option: string, text: string, expected: string): BadInput =>
  new BadInput([`error: ${option}: found ${text === '' ? 'nothing' : text}, expected ${expected}`]);

function portIn(text: string): number | undefined {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value <= 65_535 ? value : undefined;
}

/** A TCP port; 0 lets the system choose. */
export const port =
  (option: string) =>
  (text: string): number => {
    const value = portIn(text);
    if (value === undefined) throw wrong(option, text, 'a port, 0 to 65535');
    return value;
  };

/** `host:port`, with an IPv6 host in brackets; without a host, all addresses. */
export const address =
  (option: string) =>
  (text: string): { host: string; port: number } => {
    const [, bracketed, plain, number = ''] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d+)$/.exec(text) ?? [];
    const value = portIn(number);
    if (value === undefined) throw wrong(option, text, 'host:port, as in 127.0.0.1:8080');
    return { host: bracketed ?? plain ?? '', port: value };
  };

/** A number of seconds, not negative. */
export const seconds =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value <= 3_600)) throw wrong(option, text, 'seconds, 0 to 3600');
    return value;
  };

/** One of some words, which the reader carries, too: for completion. */
export const oneOf = <T extends string>(option: string, words: readonly T[]) =>
  Object.assign(
    (text: string): T => {
      const word = words.find((candidate) => candidate === text);
      if (word !== undefined) return word;
      throw wrong(option, text, choiceOf(words, text));
    },
    { words },
  );

/**
 * Refuses a command without some of its options, and names all that are missing. Asked once everything else is read:
 * commander itself would say that an option is missing where it is only misspelt.
 */
export function demand(command: Command, names: readonly string[]): void {
  const given = command.opts<Readonly<Record<string, unknown>>>();
  const missing = command.options
    .filter((option) => names.includes(option.attributeName()) && given[option.attributeName()] === undefined)
    .map(({ flags, description }) => `error: missing: ${flags}: ${description.replace(/ \(required.*\)$/, '')}`);
  if (missing.length > 0) throw new BadInput([...missing, '(add --help for the options)']);
}
