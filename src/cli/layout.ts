/** Text in columns that fits a terminal. */

const GAP = 2;
const NARROWEST = 8;
const COMFORTABLE = 12;
const WIDEST = 44;

// Where a word may be broken: allowPrivilege|Escalation, NET_BIND_|SERVICE, my-|service, capabilities.|drop.
const SEAM = /(?<=[-_./])|(?<=[a-z])(?=[A-Z])/;

/** The beginning of a word that is too long, up to its last seam that fits, or as much as fits. */
function headOf(word: string, width: number): string {
  let head = '';
  for (const part of word.split(SEAM)) {
    if (head.length + part.length > width) break;
    head += part;
  }
  return head === '' ? word.slice(0, width) : head;
}

/** Text in lines of at most `width` characters, broken at spaces; longer words are broken where they must be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
    while (line.length > width) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** Takes `over` characters from the widest of some columns, as long as they are wider than `floor`; says what is left. */
function narrow(widths: number[], from: number, floor: number, over: number): number {
  for (; over > 0; over--) {
    const widest = Math.max(...widths.slice(from));
    if (widest <= floor) break;
    widths[widths.indexOf(widest, from)]!--;
  }
  return over;
}

/**
 * Widths for columns so that all fit into `width`, with a gap between them. As wide as their longest cell, up to 44; where
 * there is no room the widest gives way first, and the first two columns last. No column is made narrower than eight.
 */
export function fitColumns(rows: readonly (readonly string[])[], width: number): number[] {
  const longest = (rows[0] ?? []).map((_, i) => rows.reduce((most, row) => Math.max(most, row[i]!.length), 0));
  const widths = longest.map((length) => Math.min(length, WIDEST));
  const over = widths.reduce((sum, one) => sum + one + GAP, -GAP) - width;
  narrow(widths, 0, NARROWEST, narrow(widths, 2, COMFORTABLE, over));
  // Where cells are wrapped anyway, their longest line may be shorter than the room they have.
  return widths.map((given, i) =>
    rows.reduce((most, row) => wrap(row[i]!, given).reduce((max, { length }) => Math.max(max, length), most), 0),
  );
}

/** A row of cells as lines, each cell wrapped in its column. `style` colours a cell once its width is settled. */
export function layRow(
  cells: readonly string[],
  widths: readonly number[],
  style: (text: string, column: number) => string = (text) => text,
): string[] {
  const wrapped = cells.map((cell, i) => wrap(cell, widths[i]!));
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const texts = wrapped.map((lines) => lines[line] ?? '');
    const last = texts.findLastIndex((text) => text !== '');
    return texts
      .slice(0, last + 1)
      .map((text, i) => style(text, i) + ' '.repeat(i < last ? widths[i]! - text.length + GAP : 0))
      .join('');
  });
}
