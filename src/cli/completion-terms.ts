/** What may stand where in a command line: read off the program itself, in a form that every shell's script is made from. */
import type { Argument, Command, Option } from 'commander';
import { ALL, CAPABILITIES } from '../engine/capabilities.ts';
import { PROGRAM_NAMES } from '../knowledge/breakage-lookup.ts';
import { shippedNames } from '../policies/shipped.ts';

/** What may stand for a value. */
export interface Offer {
  /** What the help calls the value, as in `file`. */
  readonly name: string;
  readonly words: readonly string[];
  /** Are there paths beside the words? `files` takes in folders. */
  readonly paths: 'none' | 'files' | 'folders';
}

/** An option. */
export interface CompletedOption {
  /** `-o`, `--output`. */
  readonly names: readonly string[];
  readonly about: string;
  /** Undefined where it takes no value. */
  readonly value: Offer | undefined;
  readonly repeatable: boolean;
}

/** A command, or the program itself. */
export interface CompletedCommand {
  /** Its name and its parents', without the program's: none for the program, `policy`, `validate` for a subcommand. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly CompletedOption[];
  /** The last of its arguments may be repeated. */
  readonly args: readonly (Offer & { readonly variadic: boolean })[];
}

/** By what the help calls a value. */
const PATHS: Readonly<Record<string, Offer['paths']>> = {
  file: 'files',
  'file|-': 'files',
  'file|url': 'files',
  'file|dir|-': 'files',
  dir: 'folders',
  'dir|name': 'folders',
};

/** By what the help calls a value, or by the option. */
const WORDS: Readonly<Record<string, () => readonly string[]>> = {
  'dir|name': shippedNames,
  'name|mask': () => [...CAPABILITIES, ALL],
  '--keep': () => CAPABILITIES,
  '--program': () => PROGRAM_NAMES,
};

// Scripts hold words unquoted.
const PLAIN = /^[\w.-]+$/;

const wordsOf = (reader: unknown): readonly string[] | undefined =>
  (reader as { readonly words?: readonly string[] } | undefined)?.words;

function offer(name: string, of: Partial<Option | Argument>, otherwise: readonly string[] = []): Offer {
  const { parseArg, long = '' } = of as Partial<Option>;
  const words = wordsOf(parseArg) ?? (WORDS[long] ?? WORDS[name])?.() ?? otherwise;
  return { name, words: words.filter((word) => PLAIN.test(word)), paths: PATHS[name] ?? 'none' };
}

function optionOf(option: Option): CompletedOption {
  const { flags, short, long, description, required, optional, variadic } = option;
  const [, name = ''] = /[<[](.+?)(?:\.\.\.)?[>\]]$/.exec(flags) ?? [];
  return {
    names: [short, long].filter((one) => one !== undefined),
    about: description,
    value: required || optional ? offer(name, option) : undefined,
    repeatable: variadic || /\brepeatable\b/.test(description),
  };
}

/** A command's arguments: those that it declares, or those of its usage where it takes them itself. */
function argsOf(command: Command, siblings: readonly string[]): CompletedCommand['args'] {
  const declared = command.registeredArguments.map((argument) => ({
    // `help` has the only argument that is a command beside it.
    ...offer(argument.name(), argument, command.name() === 'help' ? siblings.filter((one) => one !== 'help') : []),
    variadic: argument.variadic,
  }));
  const [, name] = /<([^>]+)>\.\.\./.exec(command.usage()) ?? [];
  return declared.length > 0 || name === undefined ? declared : [{ ...offer(name, {}), variadic: true }];
}

function commandOf(command: Command, path: readonly string[], siblings: readonly string[]): CompletedCommand[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const names = commands.map((one) => one.name());
  const own = {
    path,
    commands: commands.map((one) => ({ name: one.name(), about: one.summary() || one.description() })),
    options: help.visibleOptions(command).map(optionOf),
    args: argsOf(command, siblings),
  };
  return [own, ...commands.flatMap((one) => commandOf(one, [...path, one.name()], names))];
}

/** A program and all its commands, each before its subcommands. */
export const completedCommands = (program: Command): CompletedCommand[] => commandOf(program, [], []);
