/** Tables in Markdown. */

/** A text for a cell, which must hold neither the sign between cells nor, outside of code, what Markdown or HTML would read. */
export const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The lines of a table; its cells stand as they are. */
export const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(heading),
  row(heading.map(() => '---')),
  ...rows.map(row),
];
