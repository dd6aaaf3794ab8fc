/** What `dropcap serve` does: opens everything the server is made of, and runs it until it is told to end. */
import { openLog, type Log } from '../server/log.ts';
import { serve, type RunningServer } from '../server/serve.ts';
import { BadInput, type Context } from './context.ts';
import { openAll } from './serve-open.ts';
import type { ServeOptions } from './serve.ts';

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there already',
  EACCES: 'not allowed; ports from 1024 are',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'there is no host of this name',
};

/** Which port cannot be listened on, and why. */
function whyDeaf(error: unknown, options: ServeOptions): string {
  const { code = '', message, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const { host, port: adminPort } = options.adminAddress;
  const [option, name] =
    port !== undefined && port === options.port ? ['--port', address] : ['--admin-address', address ?? host];
  const at = `${name?.includes(':') ? `[${name}]` : (name ?? '')}:${port ?? adminPort}`;
  return `error: ${option}: cannot listen on ${at}: ${WHY[code] ?? message}`;
}

function endOnSignals(server: RunningServer, log: Log, context: Context): void {
  let ending = false;
  const end = (signal: NodeJS.Signals): void => {
    if (ending) process.exit(1);
    ending = true;
    log.info('ending; the same signal again ends at once', { signal });
    server
      .close()
      .then(() => {
        log.info('ended');
        // Not only the status: a pipe that nobody reads would hold the process for ever.
        process.exit(0);
      })
      .catch((error: unknown) => {
        log.error('did not end in order', { reason: (error as Error).message });
        context.exit(1);
      });
  };
  process.on('SIGTERM', end).on('SIGINT', end);
}

/** Runs the server until it is told to end. Throws `BadInput` where it cannot start. */
export async function runServer(options: ServeOptions, context: Context): Promise<void> {
  const log = openLog(options.logLevel, options.logFormat, context.env['NO_COLOR'] === undefined);
  const opened = await openAll(options, context, log);
  const { annotate, port, adminAddress: admin } = options;
  const clientCertificates = options.clientCaFile !== undefined;
  const drainMs = options.drainSeconds * 1000;
  const server = await serve({ ...opened, log, annotate, port, admin, clientCertificates, drainMs }).catch(
    (error: unknown) => {
      throw new BadInput([whyDeaf(error, options)]);
    },
  );
  // Before it is said: whoever waits for the line may send a signal at once.
  endOnSignals(server, log, context);
  log.info('serving', { port: server.port, adminPort: server.adminPort, policySet: opened.policies.version() });
}
