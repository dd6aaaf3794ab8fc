/** The command `dropcap` and its subcommands. */
import { Command, CommanderError } from 'commander';
import { printable } from '../audit/printable.ts';
import { auditCommand } from './audit.ts';
import { capabilitiesCommand } from './capabilities.ts';
import { certificatesCommand } from './certificates.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { BAD_INPUT, BadInput, type Context } from './context.ts';
import { explainCommand } from './explain.ts';
import { hardenCommand } from './harden.ts';
import { askedHelp, fitHelp } from './help.ts';
import { policyCommand } from './policy.ts';
import { say } from './say.ts';
import { serveCommand } from './serve.ts';
import { terminalOf } from './terminal.ts';
import { versionCommand } from './version.ts';
import { whyCommand } from './why.ts';

const EXAMPLES = `
Examples:
  $ dropcap check -f manifests/                what the webhook would change, and where
  $ dropcap harden -f deploy.yaml -o diff      the change itself
  $ dropcap why "Operation not permitted"      what an error in a log has to do with it
  $ dropcap help serve                         all about a command, with examples

Exit status: 0 done, 1 something is found or the output could not be written, 2 bad input or options.`;

function programFor(context: Context): Command {
  const { columns } = terminalOf(context);
  const program = new Command('dropcap')
    .description('Takes away the Linux capabilities that containers never asked for.')
    .version(context.version)
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => context.stdout.write(fitHelp(text, columns)),
      writeErr: (text) => {
        // Errors keep their lines. Help comes here, too, where a command is missing.
        const fit = /^(?:error:|\()/.test(text) ? text : fitHelp(text, columns);
        context.stderr.write(fit.split('\n').map(printable).join('\n'));
      },
    })
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  serveCommand(program, context);
  checkCommand(program, context);
  explainCommand(program, context);
  hardenCommand(program, context);
  policyCommand(program, context);
  whyCommand(program, context);
  capabilitiesCommand(program, context);
  auditCommand(program, context);
  certificatesCommand(program, context);
  completionCommand(program, context);
  versionCommand(program, context);
  return program;
}

/** Runs one command line. Ends through `context.exit` where it fails; a server goes on. */
export async function run(args: readonly string[], context: Context): Promise<void> {
  const program = programFor(context);
  try {
    await program.parseAsync(askedHelp(program, args), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) context.exit(error.exitCode === 0 ? 0 : BAD_INPUT);
    else if (error instanceof BadInput) {
      say(context, error.lines);
      context.exit(BAD_INPUT);
    } else throw error;
  }
}
