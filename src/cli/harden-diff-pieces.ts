/**
 * Cuts two texts into the pieces that differ. Comparing files line by line takes time that grows with the square of what
 * changes: a list of thousands of pods would take minutes, its pieces take none.
 */

/** Where a piece begins and ends in both texts, as indexes of lines. */
export interface Piece {
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

/** Lines that are the same again before texts are taken to go on together. */
const AGREEING = 3;

/** Lines that are added and removed, together, before the search is given up. */
const FARTHEST = 400;

type Lines = readonly string[];

/** How many lines of each to pass over until the texts agree again; the fewest together. */
function agreement(before: Lines, after: Lines, i: number, j: number): readonly [number, number] {
  for (let total = 1; total <= FARTHEST; total++)
    for (let removed = 0; removed <= total; removed++) {
      const [from, to] = [i + removed, j + total - removed];
      let same = 0;
      // Behind the end of both there is nothing, and that is the same.
      while (same < AGREEING && before[from + same] === after[to + same]) same++;
      if (same === AGREEING) return [removed, total - removed];
    }
  return [before.length - i, after.length - j];
}

/** The pieces that differ, each with up to `context` lines before and after; those that would touch are one. */
export function piecesOf(before: Lines, after: Lines, context: number): Piece[] {
  const pieces: Piece[] = [];
  const isOver = (i: number, j: number): boolean => i >= before.length && j >= after.length;
  let [i, j] = [0, 0];
  for (;;) {
    while (!isOver(i, j) && before[i] === after[j]) [i, j] = [i + 1, j + 1];
    if (isOver(i, j)) return pieces;
    const start = Math.min(i, context);
    const [removed, added] = agreement(before, after, i, j);
    const [left, right] = [i - start, j - start];
    [i, j] = [i + removed, j + added];
    const more = Math.min(context, before.length - i, after.length - j);
    const last = pieces.at(-1);
    const touches = last !== undefined && last.before[1] >= left;
    if (touches) pieces.pop();
    pieces.push({
      before: [touches ? last.before[0] : left, i + more],
      after: [touches ? last.after[0] : right, j + more],
    });
  }
}
