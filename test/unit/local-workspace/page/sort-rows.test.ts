import { expect, test } from 'vitest';
import { nextSorting, sortRows } from '../../../../src/stand-ins/local-workspace/page/blocks/sort-rows.ts';
import { filterOptions } from '../../../../src/stand-ins/local-workspace/page/elements/options.ts';
import { describeAhead } from '../../../../src/stand-ins/local-workspace/page/simulator/describe-time.ts';

const words = (text: string) => ({ type: 'raw_text', text });
const number = (value: number) => ({ type: 'raw_number', value, text: `$${value}` });
const rows = [
  [words('Line 10'), number(9)],
  [words('line 2'), number(10)],
  [words('Line 1'), number(9)],
];
const firsts = (sorted: typeof rows) => sorted.map((row) => row[0] && 'text' in row[0] && row[0].text);

test('numbers are sorted as numbers, words as people do, and equal rows keep their order', () => {
  expect(firsts(sortRows(rows, { column: 1, direction: 'ascending' }) as typeof rows)).toEqual([
    'Line 10',
    'Line 1',
    'line 2',
  ]);
  expect(firsts(sortRows(rows, { column: 0, direction: 'ascending' }) as typeof rows)).toEqual([
    'Line 1',
    'line 2',
    'Line 10',
  ]);
  expect(firsts(sortRows(rows, null) as typeof rows)).toEqual(['Line 10', 'line 2', 'Line 1']);
});

test('a head is clicked up, down and off', () => {
  const up = nextSorting(null, 1);
  const down = nextSorting(up, 1);
  expect([up?.direction, down?.direction, nextSorting(down, 1)]).toEqual(['ascending', 'descending', null]);
  expect(nextSorting(up, 0)).toEqual({ column: 0, direction: 'ascending' });
});

test('options are found by words in any order', () => {
  const option = (text: string, description: string) => ({ value: text, text, description, group: '' });
  const options = [option('Ana Reyes', 'Company admin'), option('Li Wei', 'Office admin, Oakland')];
  expect(filterOptions(options, 'oak adm').map((each) => each.text)).toEqual(['Li Wei']);
  expect(filterOptions(options, '')).toHaveLength(2);
});

test.each([
  [0, 'real time'],
  [3_600_000, '1 hour ahead'],
  [7 * 86_400_000 + 6 * 3_600_000 + 60_000, '7 days, 6 hours ahead'],
])('%d ms is %s', (ms, said) => {
  expect(describeAhead(ms)).toBe(said);
});
