/** JSON that a terminal shows as it is. */

// JSON.stringify leaves these alone; all of them do something to a terminal, or hide.
const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** A value as JSON on one line, or indented. What is not to be seen is escaped: read again, it is the same value. */
export const visibleJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(UNSEEN, escaped);
