/** Edit distance with transpositions (optimal string alignment): each insertion, deletion, change or swap counts one. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate nearest to a misspelt word, or undefined where none is near enough to be meant: at most one edit in three
 * letters. Case does not count.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  // A word far longer than any name was not a slip of the pen; comparing it would cost its square.
  if (word.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) [best, bestDistance] = [candidate, edits];
  }
  return best;
}

/** Words to choose from, as they are said where another was found: `a, b or c; did you mean c?`. */
export function choiceOf(words: readonly string[], found: string): string {
  const meant = didYouMean(found, words);
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
