/**
 * Tables in files as spreadsheets and switches write them: encodings, delimiters, quotes, headers, and what spreadsheets do to
 * cells. It knows nothing of what the columns mean. The module's public API.
 */
export { type ColumnPlaces, findColumns, foldName, type KnownColumns } from './columns.ts';
export { openTable, readTable, readTextFile, type Table, type TableOptions } from './read-table.ts';
export { ROUNDED_ID_FAULT, RoundedIds } from './rounded-ids.ts';
export type { TableRow } from './row-parser.ts';
export { type CellKind, describeDamage } from './spreadsheet-damage.ts';
export { TableFault } from './table-fault.ts';
export { findExtraCells, findWrongWidth } from './widths.ts';
