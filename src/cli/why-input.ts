/** What `dropcap why` is asked about: the lines of a log, and the programs that may have written them. */
import type { Readable } from 'node:stream';
import { didYouMean } from '../engine/did-you-mean.ts';
import type { Program } from '../knowledge/breakage.ts';
import { PROGRAM_NAMES, programsNamed, programsOfImage } from '../knowledge/breakage-lookup.ts';
import type { Context } from './context.ts';
import type { WhyOptions } from './why.ts';

const MOST_BYTES = 10 * 1_048_576;

/** Lines, and whether there were more than are read. */
export interface Lines {
  readonly lines: readonly string[];
  readonly cut: boolean;
}

/** The first 10 MiB of a stream. Logs may hold any bytes: what is no UTF-8 is read as unknown letters. */
async function readBounded(stream: Readable): Promise<{ text: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString(), cut: size > MOST_BYTES };
}

/** The lines of a text, or of stdin for `-`. */
export async function readLines(text: string, { stdin }: Context): Promise<Lines> {
  const { text: log, cut } = text === '-' ? await readBounded(stdin) : { text, cut: false };
  return { lines: log.split(/\r?\n/), cut };
}

/** Programs that the options name, and what is to be said where one of them is not known. */
export interface Asked {
  /** Undefined where no option names any that is known: then every program may have written it. */
  readonly programs: readonly Program[] | undefined;
  readonly warnings: readonly string[];
}

function ofProgram(name: string): { found: readonly Program[]; warning: string } {
  const meant = didYouMean(name, PROGRAM_NAMES);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return { found: programsNamed(name), warning: `--program: ${name || 'an empty name'} is not known${hint}` };
}

/** Which programs do the options name? An image is known by its name alone. */
export function askedPrograms({ program, image }: WhyOptions): Asked {
  const asked = [
    ...(program === undefined ? [] : [ofProgram(program)]),
    ...(image === undefined
      ? []
      : [{ found: programsOfImage(image), warning: `--image: what runs in ${image || 'an empty name'} is not known` }]),
  ];
  const programs = asked.flatMap(({ found }) => found);
  const warnings = asked.filter(({ found }) => found.length === 0).map(({ warning }) => `warning: ${warning}`);
  return { programs: programs.length > 0 ? [...new Set(programs)] : undefined, warnings };
}
