/** Tables, which turn into a card for each row where there is no room for columns. */
import { html, type Html, type Part } from './html.ts';

/** One column. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => Part;
  /** Numbers stand at the right; `wide` is for what says the most. */
  readonly kind?: 'number' | 'wide';
}

/** Rows with what they are. The first column names the row. */
export interface Table<Row> {
  readonly caption: Part;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** A table of two or three short columns keeps each row on a line. */
  readonly isSlim?: boolean;
}

const NOTHING = html``;

// Roles are said, for a table that is not laid out as one is none to a screen reader.
const heading = <Row>({ heading: text, kind }: Column<Row>): Html =>
  html`<th scope="col" role="columnheader" ${kind === 'number' && html` class="number"`}>${text}</th>`;

function cell<Row>(column: Column<Row>, row: Row, isFirst: boolean): Html {
  const { heading: label, kind = '' } = column;
  const content = column.cell(row);
  if (isFirst) return html`<th scope="row" role="rowheader">${content}</th>`;
  const empty = content === '' || content === undefined ? ' empty' : '';
  return html`<td role="cell" class="${kind}${empty}" data-label="${label}"><div>${content}</div></td>`;
}

/** A table; nothing where it has no rows. */
export function table<Row>({ caption, columns, rows, isSlim }: Table<Row>): Html {
  if (rows.length === 0) return NOTHING;
  const body = rows.map(
    (row) =>
      html`<tr role="row">
        ${columns.map((column, i) => cell(column, row, i === 0))}
      </tr>`,
  );
  return html`<div class="scroll">
    <table role="table" ${isSlim && html` class="slim"`}>
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map((column) => heading(column))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${body}
      </tbody>
    </table>
  </div>`;
}
