const LINE_END = 0x0a;

/** The lines of a stream, without their ends; undefined in place of one that has more than `maxBytes`, which is not kept. */
export async function* linesOf(stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string | undefined> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
      pieces.push(chunk.subarray(from, end));
      bytes += end - from;
      yield bytes > maxBytes ? undefined : Buffer.concat(pieces).toString();
      pieces = [];
      bytes = 0;
      from = end + 1;
    }
    bytes += chunk.length - from;
    if (bytes > maxBytes) pieces = [];
    else pieces.push(chunk.subarray(from));
  }
}
