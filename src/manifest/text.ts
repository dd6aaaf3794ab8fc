/** Replaces the characters from `start` up to `end`; an insertion has both the same. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies the edits, which may touch; a removal may hold others. Insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, edit.start) + edit.text;
    done = Math.max(done, edit.end);
  }
  return result + text.slice(done);
}

/** Where the line of this offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line of this offset ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  const end = feed === -1 ? text.length : feed;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the line after the one of this offset begins; the end of the text if there is none. */
export function nextLine(text: string, offset: number): number {
  const feed = text.indexOf('\n', offset);
  return feed === -1 ? text.length : feed + 1;
}

/** The offset within its line, from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** The white space at the beginning of the line of this offset. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), lineEnd(text, offset)))?.[0] ?? '';
}

/** Whether only white space stands before this offset on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** Removes whole lines, from the one of `first` to the one of `last`, with the line break before them where there is one. */
export function cutLines(text: string, first: number, last: number): Edit {
  const start = lineStart(text, first);
  if (start === 0) return { start, end: nextLine(text, last), text: '' };
  return { start: lineEnd(text, lineStart(text, start - 1)), end: lineEnd(text, last), text: '' };
}

/**
 * Where the lines of an entry end that begins in `column` and whose value ends at `offset`. Comments that directly follow
 * and are indented more, or are an entry of its list commented out, belong to it.
 */
export function endOfEntry(text: string, offset: number, column: number): number {
  let end = lineEnd(text, offset);
  for (let start = nextLine(text, end); start > end && start < text.length; start = nextLine(text, end)) {
    const comment = /^( *)#( ?-\s)?/.exec(text.slice(start, lineEnd(text, start)));
    const indent = comment?.[1]?.length ?? -1;
    if (indent < column || (indent === column && !comment?.[2])) break;
    end = lineEnd(text, start);
  }
  return end;
}
