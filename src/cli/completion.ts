/** `dropcap completion`: its argument. */
import { Argument, type Command } from 'commander';
import type { Context } from './context.ts';
import { oneOf } from './options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that completions are made for. */
export type Shell = (typeof SHELLS)[number];

const MORE = `
Commands, options, their values, files and folders, shipped policies and capabilities are completed. The script starts
nothing: it is as quick as the shell. It is of this version: print it anew after an upgrade, or have the shell do so.

Examples:
  bash (4 or later), from the next shell on:
  $ echo 'source <(dropcap completion bash)' >> ~/.bashrc
  or, where bash-completion is installed:
  $ mkdir -p ~/.local/share/bash-completion/completions
  $ dropcap completion bash > ~/.local/share/bash-completion/completions/dropcap

  zsh, where ~/.zshrc has compinit:
  $ echo 'source <(dropcap completion zsh)' >> ~/.zshrc
  or, as a file in a folder of $fpath:
  $ dropcap completion zsh > /usr/local/share/zsh/site-functions/_dropcap

  fish:
  $ dropcap completion fish > ~/.config/fish/completions/dropcap.fish

Exit status: 0 printed, 2 where the shell is none of these.`;

/** Adds the command to a program. */
export function completionCommand(program: Command, context: Context): void {
  program
    .command('completion')
    .summary('print a script that completes command lines in a shell')
    .description('Prints a script with which bash, zsh or fish completes command lines of dropcap.')
    .addArgument(new Argument('<bash|zsh|fish>', 'the shell').argParser(oneOf('completion', SHELLS)))
    .addHelpText('after', MORE)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion-script.ts');
      context.stdout.write(completionScript(shell, program, context.version));
    });
}
