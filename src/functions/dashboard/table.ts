import { type Html, html, type Value } from './html.ts';

/** A column of a table. */
export interface Column<Row> {
  name: string;
  /** What stands in a row. */
  cell(row: Row): Value;
  /** The cell that names its row. */
  isHeader?: true;
  isNumber?: true;
}

/**
 * A table that becomes a list of cards on a narrow screen. The roles are those that its elements have anyway: browsers forget
 * them where the style makes blocks of the elements.
 */
export function table<Row>(caption: Value, columns: Column<Row>[], rows: readonly Row[]): Html {
  const kind = (column: Column<Row>) => (column.isNumber ? 'number' : '');
  const cell = (column: Column<Row>, row: Row) =>
    column.isHeader
      ? html`<th role="rowheader" scope="row" class="${kind(column)}">${column.cell(row)}</th>`
      : html`<td role="cell" class="${kind(column)}" data-name="${column.name}"><div>${column.cell(row)}</div></td>`;
  return html`<table role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col" class="${kind(column)}">${column.name}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => html`<tr role="row">${columns.map((column) => cell(column, row))}</tr>\n`)}</tbody>
</table>`;
}
