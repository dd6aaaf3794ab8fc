/** How a manifest tells one way of starting a program from another. */
import type { Called } from './forecast-commands.ts';

/** Signs of a way of starting. Without one it is how the program is started by default. */
export interface Sign {
  /**
   * One of these is in the command line: `-a` also in `-av` and `-a1`; `--user` also in `--user=x`; what holds a space, a dot, a
   * slash or `=` anywhere in it; anything else as a whole word.
   */
  readonly with?: readonly string[];
  /** None of these is. */
  readonly unless?: readonly string[];
  /** It is how its image starts it, whatever `with` says. */
  readonly image?: true;
  /** It is what the entrypoint of its image does, not the program alone. */
  readonly entrypoint?: true;
  /** It is not the container's first program, but behind a shell or another. */
  readonly behind?: true;
  /** What decides is not in the manifest. */
  readonly depends?: 'configuration' | 'files';
  /** Nothing in a manifest shows it. */
  readonly unseen?: true;
}

const SHORT = /^-[A-Za-z]$/;
const ANYWHERE = /[ ./=]/;
const CLUSTER = /^-[A-Za-z0-9]+$/;

function isIn(words: readonly string[], part: string): boolean {
  if (ANYWHERE.test(part)) return words.join(' ').includes(part);
  if (part.startsWith('--')) return words.some((word) => word === part || word.startsWith(`${part}=`));
  if (!SHORT.test(part)) return words.includes(part);
  return words.some((word) => word.startsWith(part) || (CLUSTER.test(word) && word.includes(part[1]!)));
}

/** Does the command line show it? */
export function showsIn({ words, behind }: Called, sign: Sign): boolean {
  const some = (parts: readonly string[]): boolean => parts.some((part) => isIn(words, part));
  if (sign.unseen || sign.entrypoint || (sign.behind && behind.length === 0)) return false;
  return (!sign.with || some(sign.with)) && !some(sign.unless ?? []);
}
