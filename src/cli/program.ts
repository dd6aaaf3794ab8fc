/** The command `dropcap` and its subcommands. */
import { Command, CommanderError } from 'commander';
import { capabilitiesCommand } from './capabilities.ts';
import { certificatesCommand } from './certificates.ts';
import { checkCommand } from './check.ts';
import { BAD_INPUT, BadInput, type Context } from './context.ts';
import { hardenCommand } from './harden.ts';
import { policyCommand } from './policy.ts';
import { printable, say } from './say.ts';
import { serveCommand } from './serve.ts';
import { whyCommand } from './why.ts';

const EXAMPLES = `
Examples:
  $ dropcap harden -f deploy.yaml -o diff
  $ dropcap policy validate ./my-policies
  $ dropcap help serve`;

function programFor(context: Context): Command {
  const program = new Command('dropcap')
    .description('Takes away the Linux capabilities that containers never asked for.')
    .version(context.version)
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text.split('\n').map(printable).join('\n')),
    })
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  serveCommand(program, context);
  checkCommand(program, context);
  hardenCommand(program, context);
  policyCommand(program, context);
  whyCommand(program, context);
  capabilitiesCommand(program, context);
  certificatesCommand(program, context);
  return program;
}

/** Runs one command line. Ends through `context.exit` where it fails; a server goes on. */
export async function run(args: readonly string[], context: Context): Promise<void> {
  const program = programFor(context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) context.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    else if (error instanceof BadInput) {
      say(context, error.lines);
      context.exit(BAD_INPUT);
    } else throw error;
  }
}
