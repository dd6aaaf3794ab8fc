/** Names and texts from elsewhere, made such that they do nothing where they are shown. */

const LONGEST = 1_000;

/** What moves a terminal's cursor, colours it, turns the direction of writing or hides. File names and manifests hold it too. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (char: string): string =>
  char === '\n' ? String.raw`\n` : String.raw`\u{${char.codePointAt(0)!.toString(16)}}`;

/** Text on one line that is shown as it is, however long. */
export const visible = (text: string): string => text.replaceAll(UNPRINTABLE, escaped);

/** Text on one line that is shown as it is, of at most 1,000 characters. */
export const printable = (text: string): string =>
  text.length > LONGEST ? `${visible(text.slice(0, LONGEST))}…` : visible(text);
