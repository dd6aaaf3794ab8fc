#!/usr/bin/env node
/** Wires the command line to the process: the only reader of its arguments and environment. */
import * as modules from 'node:module';
import pkg from '../package.json' with { type: 'json' };

// Read from the namespace: an older Node has no such names, and would end before it could be told that it is too old.
const [oldest] = /\d+/.exec(pkg.engines.node)!;
if (Number.parseInt(process.versions.node) < Number(oldest)) {
  process.stderr.write(`error: found Node ${process.versions.node}, expected ${oldest} or newer\n`);
  process.exit(2);
}

// A third of the start-up is compiling. Where there is no place to keep the result, this does nothing. A server that is
// killed would never write it, so it is written a moment after the start.
modules.enableCompileCache();
setTimeout(modules.flushCompileCache, 2_000).unref();

// A reader that goes away (a pager, `head`, a log collector) is no fault of the command, and must not end a webhook. A full
// disk must not end it either, but what was to be printed is not there, so the exit status says so.
for (const stream of [process.stdout, process.stderr]) {
  stream.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = 1;
    if (stream === process.stdout) process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  });
  stream.on('error', () => undefined);
}

const { run } = await import('./cli/program.ts');
await run(process.argv.slice(2), {
  version: pkg.version,
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (status) => (process.exitCode = status),
});
