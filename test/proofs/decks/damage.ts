import type { Draw } from './draw.ts';
import type { Sheet } from './layout.ts';

/** What happens to files on their way: after each of these the file no longer says the prices, or says them in another way. */
const DAMAGES: Readonly<Record<string, (sheet: Sheet, draw: Draw) => void>> = {
  'another currency': ({ header, at }) => {
    header[at.rate] = 'Rate (EUR)';
  },
  'a column nobody explained': ({ header, rows }) => {
    header.push('Price N');
    for (const row of rows) row.push('0.0001');
  },
  'the order of dates unsaid': ({ options }) => {
    delete options.dates;
  },
  'columns to ignore unsaid': ({ options }) => {
    delete options.ignore;
  },
  'a prefix damaged': ({ rows, at }, draw) => {
    const row = draw.pick(rows);
    row[at.prefix] = draw.pick([
      '4.42E+11',
      '#REF!',
      '44.0',
      '447X',
      '',
      '044',
      '44-49',
      '4420 7946',
      '1234567890123456',
    ]);
  },
  'a rate damaged': ({ rows, at }, draw) => {
    const row = draw.pick(rows);
    row[at.rate] = draw.pick(['', '€0.02', '1E-05', 'n/a', '-0.1', '0.0.1', '#VALUE!']);
  },
  'a cell too many': ({ rows }, draw) => {
    draw.pick(rows).push('9');
  },
  'a row twice with another price': ({ rows, at }, draw) => {
    const row = [...draw.pick(rows)];
    row[at.rate] = '0.9';
    rows.push(row);
  },
  'free seconds': ({ header, rows }, draw) => {
    header.push('Included Seconds');
    const free = draw.pick(rows);
    for (const row of rows) row.push(row === free ? '10' : '0');
  },
  'a remark that closes a row': ({ header, rows }, draw) => {
    header.push('Comment');
    const closed = draw.pick(rows);
    for (const row of rows) row.push(row === closed ? 'Closed' : '');
  },
  'too few lines skipped': (sheet) => {
    sheet.preamble.push('one more line');
  },
};

/** Damages a sheet in a drawn way, and says how. */
export function damage(sheet: Sheet, draw: Draw): string {
  const name = draw.pick(Object.keys(DAMAGES));
  DAMAGES[name]?.(sheet, draw);
  return name;
}
