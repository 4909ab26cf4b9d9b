/** What is wrong with a row that has cells beside the header's columns, or null. */
export function findExtraCells(cells: readonly string[], width: number): string | null {
  return cells.slice(width).some((cell) => cell.trim() !== '')
    ? `${cells.length} cells, where the header has ${width}: a delimiter within a cell needs quotes around the cell`
    : null;
}

/** The same, also for a row that ends too early: what is missing may be what it costs. */
export function findWrongWidth(cells: readonly string[], width: number): string | null {
  if (cells.length >= width) return findExtraCells(cells, width);
  return `${cells.length} cells, where the header has ${width}: the row is cut short`;
}
