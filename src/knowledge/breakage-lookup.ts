/** Finds causes and programs by their names. */
import { parseImage } from '../engine/image.ts';
import { CAUSES, PATTERNS, PROGRAMS, type Cause, type Pattern, type Program } from './breakage.ts';

const causes: ReadonlyMap<string, Cause> = new Map(CAUSES.map((cause) => [cause.id, cause]));

/** The cause of this id. The data names no other. */
export const causeOf = (id: string): Cause => causes.get(id)!;

/** The pattern of this number, if there is one. */
export const patternOf = (id: number | undefined): Pattern | undefined =>
  id === undefined ? undefined : PATTERNS[id - 1];

/** Programs of this name, or with an executable of this name; a path counts by its last part. */
export function programsNamed(name: string): readonly Program[] {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return PROGRAMS.filter((program) => program.name === base || program.commands.includes(base));
}

/** Programs that images of this name usually run: the name says it, not the image. Empty where none is known. */
export function programsOfImage(reference: string): readonly Program[] {
  const repository = parseImage(reference)?.repository;
  if (repository === undefined) return [];
  return PROGRAMS.filter(({ images = [] }) => images.some((image) => `/${repository}`.endsWith(`/${image}`)));
}

/** All names by which programs are found. */
export const PROGRAM_NAMES: readonly string[] = [
  ...new Set(PROGRAMS.flatMap(({ name, commands }) => [name, ...commands])),
];
