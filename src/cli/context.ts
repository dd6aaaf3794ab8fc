import type { Readable, Writable } from 'node:stream';

/** What a command is given of the process it runs in. Only src/main.ts reads the process itself. */
export interface Context {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Ends the command with this exit status once it has said what it has to say. */
  readonly exit: (status: number) => void;
}

/** Exit status of a command whose output could not be written. */
export const NOT_WRITTEN = 1;

/** Exit status of a command whose input or options are wrong. */
export const BAD_INPUT = 2;

/** Wrong input: its lines are for the person, without a stack. */
export class BadInput extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'BadInput';
    this.lines = lines;
  }
}
