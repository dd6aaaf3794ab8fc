/**
 * Anchored globs: `*` stands for any run of characters, the empty one included, `?` for exactly one, everything else for
 * itself. The whole text must match, so `agent` does not cover `my-agent-evil`.
 */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  // Two pointers and one place to come back to: linear where a regular expression could be made to backtrack for long.
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Does any of these globs cover the text? */
export const anyGlobMatches = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => globMatches(pattern, text));

/** Has the pattern a wildcard, or does it name one thing? */
export const isGlob = (pattern: string): boolean => pattern.includes('*') || pattern.includes('?');
