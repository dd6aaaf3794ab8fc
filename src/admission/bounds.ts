/**
 * Bounds on a body that are checked while its bytes arrive: a few megabytes of nested arrays would hold up the event loop
 * for a third of a second and cost hundreds of megabytes once they are parsed.
 */
import { Unreadable } from '../engine/unreadable.ts';

/** Bytes of one body. A review carries the object and the old object, each of up to 3 MiB, as JSON. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Levels of objects and lists: what Go's decoder takes, so that nothing the API server could read is refused for it. */
export const MAX_DEPTH = 10_000;
/** Objects and lists in one body. Reviews of real objects have one for every 25 bytes or more. */
export const MAX_NODES = 400_000;
/** Containers of one pod. What etcd and a kubelet take ends far below. */
export const MAX_CONTAINERS = 2_000;
/** Characters of capability names in one container. All 41 names in both lists have about 1,300. */
export const MAX_NAMES_OF_ONE = 2_000;
/** Characters of capability names in one pod. */
export const MAX_NAMES = 100_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Uint8Array(256);
const CLOSES = new Uint8Array(256);
for (const byte of [0x5b, 0x7b]) OPENS[byte] = 1;
for (const byte of [0x5d, 0x7d]) CLOSES[byte] = 1;

/** Follows the structure of JSON over chunks of bytes, without parsing it. */
export class StructureScan {
  readonly #maxDepth: number;
  #depth = 0;
  #nodes = 0;
  #inString = false;
  #escaped = false;

  constructor(maxDepth = MAX_DEPTH) {
    this.#maxDepth = maxDepth;
  }

  /** Looks at the next bytes. Throws `Unreadable` as soon as a bound is passed. */
  push(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (this.#inString) this.#inText(byte);
      else if (byte === QUOTE) this.#inString = true;
      else if (OPENS[byte]) this.#open();
      else if (CLOSES[byte]) this.#depth--;
    }
  }

  #inText(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  #open(): void {
    const deepest = this.#maxDepth;
    if (++this.#depth > deepest) throw new Unreadable('too-deep', `body: nested deeper than ${deepest} levels`);
    if (++this.#nodes > MAX_NODES) throw new Unreadable('too-large', `body: more than ${MAX_NODES} objects and lists`);
  }
}

type Fields = Record<string, unknown> | null | undefined;

// Types are judged where fields are read; here whatever is no list or object counts as nothing.
const listAt = (value: unknown, key: string): unknown[] => {
  const list = (value as Fields)?.[key];
  return Array.isArray(list) ? list : [];
};

const textOf = (names: readonly unknown[]): number => {
  let sum = names.length;
  for (const name of names) if (typeof name === 'string') sum += name.length;
  return sum;
};

function capabilityText(container: unknown): number {
  const capabilities = ((container as Fields)?.['securityContext'] as Fields)?.['capabilities'];
  return capabilities ? textOf(listAt(capabilities, 'add')) + textOf(listAt(capabilities, 'drop')) : 0;
}

const over = (found: number, most: number, what: string): string =>
  found > most ? `spec: ${found} ${what}, at most ${most}` : '';

/** The capability names of all containers, or why those of one are too many. */
function namesIn(lists: readonly unknown[][]): number | string {
  let text = 0;
  for (const list of lists)
    for (const container of list) {
      const length = capabilityText(container);
      if (length > MAX_NAMES_OF_ONE)
        return over(length, MAX_NAMES_OF_ONE, 'characters of capability names in one container');
      text += length;
    }
  return text;
}

/**
 * Why a pod is too much to decide about: it has more containers, or longer lists of capabilities, than any that runs. Empty
 * where it is not. Such a pod is denied, not answered with an error: an error lets it pass untouched where the cluster's
 * failurePolicy is Ignore, and then a long list would be a way around every policy.
 */
export function excessOf(object: unknown): string {
  const spec = (object as Fields)?.['spec'];
  const lists = ['containers', 'initContainers', 'ephemeralContainers'].map((kind) => listAt(spec, kind));
  const containers = lists.reduce((sum, list) => sum + list.length, 0);
  if (containers > MAX_CONTAINERS) return over(containers, MAX_CONTAINERS, 'containers');
  const names = namesIn(lists);
  return typeof names === 'string' ? names : over(names, MAX_NAMES, 'characters of capability names');
}
