import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Command, Report, Sending } from './load.ts';
import type { Planned, Saturated } from './loops.ts';
import { start } from './processes.ts';

/** The load generator's process, seen from the benchmark. It does one thing at a time. */
export class Generator {
  readonly #child: ChildProcess;

  constructor(certificateFile: string) {
    this.#child = start([new URL('load.ts', import.meta.url).pathname, certificateFile], 'generator');
    this.#child.once('exit', (code) => {
      if (code !== null) throw new Error(`the load generator ended with code ${code}`);
    });
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }

  /** Opens connections (or closes some), so that handshakes stay out of what is measured next. */
  async connect(port: number, connections: number): Promise<void> {
    await this.#tell({ do: 'connect', port, connections });
  }

  /** A closed loop over so many of the open connections. Anything but 200 is an error: it would not be what we mean to time. */
  async saturate(sending: Sending & { connections: number }): Promise<Saturated> {
    const report = (await this.#tell({ do: 'saturate', ...sending })) as Saturated;
    if (report.statuses[200] !== report.answers || report.answers === 0) {
      throw new Error(`saturation with ${sending.payload} was answered ${JSON.stringify(report.statuses)}`);
    }
    return report;
  }

  /** An open loop at `rate` requests a second on average; `timeout` is the deadline. */
  async follow(sending: Sending, rate: number, seed: number): Promise<Planned & { lost: number }> {
    return (await this.#tell({ do: 'follow', ...sending, rate, seed })) as Planned & { lost: number };
  }

  async #tell(command: Command): Promise<Report> {
    const answer = once(this.#child, 'message');
    this.#child.send(command);
    const [report] = (await answer) as [Report];
    if (report.error !== undefined) throw new Error(`the load generator could not ${command.do}: ${report.error}`);
    return report;
  }
}
