/** The script that completes command lines in a shell. */
import type { Command } from 'commander';
import { asBash } from './completion-bash.ts';
import { asFish } from './completion-fish.ts';
import { completedCommands, type CompletedCommand } from './completion-terms.ts';
import { asZsh } from './completion-zsh.ts';
import type { Shell } from './completion.ts';

const PRINTERS: Readonly<Record<Shell, (commands: readonly CompletedCommand[], version: string) => string>> = {
  bash: asBash,
  zsh: asZsh,
  fish: asFish,
};

/** All of a program's commands and options as a script for a shell. */
export const completionScript = (shell: Shell, program: Command, version: string): string =>
  PRINTERS[shell](completedCommands(program), version);
