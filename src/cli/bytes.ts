/** The bytes of files and streams, no more than can be worked on. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';

// With the place of everything that is written in it, YAML takes fifty times its size in memory, and Node gives itself 2 to
// 4 GB. Devices such as /dev/zero never end.
const MOST = 50_000_000;

/** Puts the parts together as they come. Throws as soon as they are too much. */
class Parts {
  readonly #parts: Buffer[] = [];
  readonly #name: string;
  #size = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(part: Buffer): void {
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size > MOST) throw new Error(`${this.#name}: found more than 50 MB, expected at most that: split it`);
  }

  all(): Buffer {
    return Buffer.concat(this.#parts, this.#size);
  }
}

/** Reads a file, pipe or device. Throws what the system says, and where it is longer than 50 MB. */
export function bytesOfFile(file: string): Buffer {
  const parts = new Parts(file);
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const part = Buffer.allocUnsafe(1 << 16);
      const length = readSync(descriptor, part);
      if (length === 0) return parts.all();
      parts.add(part.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a stream to its end. Throws where it is longer than 50 MB. */
export async function bytesOfStream(stream: Readable, name: string): Promise<Buffer> {
  const parts = new Parts(name);
  for await (const part of stream) parts.add(Buffer.from(part as Uint8Array));
  return parts.all();
}
