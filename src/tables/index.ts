/**
 * Tables in files as spreadsheets and switches write them: encodings, delimiters, quotes. It knows nothing of what the
 * columns mean. The module's public API.
 */
export { openTable, readTable, type Table, type TableOptions, type TableRow } from './read-table.ts';
export { TableFault } from './table-fault.ts';
