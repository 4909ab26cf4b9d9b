/** A chart in block characters, for surfaces that have no charts: the Home tab and modals. Pure. */

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const EIGHTHS = 8;
const FORECAST = '·';
const LEVEL = '┄';

export interface BlockChart {
  /** A column each. None is below zero. */
  values: readonly number[];
  /** Columns to come, drawn as dots. */
  forecast?: readonly number[];
  /** A line across the empty part. */
  level?: number;
  /** How a value reads on the axis. */
  label(value: number): string;
  /** Under the first column, and under the last that is no forecast. */
  first: string;
  last: string;
  rows?: number;
}

/** The lines of a chart, all of the same height as its rows and one more for the axis; empty where there is nothing to draw. */
export function blockChart({
  values,
  forecast = [],
  level,
  label,
  first,
  last,
  rows = 4,
}: BlockChart): string[] {
  const top = Math.max(...values, ...forecast, 0);
  if (top <= 0) return [];
  const labels = Array.from({ length: rows }, (_, row) =>
    row === 0 ? label(top) : row === rows - 1 ? label(0) : '',
  );
  const width = Math.max(...labels.map(({ length }) => length));
  const rowOf = (value: number): number => Math.min(rows - 1, Math.floor((value / top) * rows));
  const lines = labels.map((text, index) => {
    const row = rows - 1 - index;
    const empty = level !== undefined && level > 0 && level <= top && rowOf(level) === row ? LEVEL : ' ';
    const bars = values.map((value) => blockOf((value / top) * rows - row, empty));
    const dots = forecast.map((value) => (value > 0 && rowOf(value) === row ? FORECAST : empty));
    return `${text.padStart(width)} ${[...bars, ...dots].join('')}`.trimEnd();
  });
  const gap = Math.max(1, values.length - first.length - last.length);
  return [...lines, `${' '.repeat(width)} ${first}${' '.repeat(gap)}${last}`];
}

function blockOf(part: number, empty: string): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * EIGHTHS);
  return eighths === 0 ? empty : (BLOCKS[eighths] ?? empty);
}
