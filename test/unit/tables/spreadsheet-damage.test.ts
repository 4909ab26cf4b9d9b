import { describe, expect, it } from 'vitest';
import { type CellKind, describeDamage, RoundedIds } from '../../../src/tables/index.ts';

const damaged: [CellKind, string, string][] = [
  ['id', '6.01235E+15', 'was rounded by a spreadsheet'],
  ['id', '6,01235E+15', 'was rounded by a spreadsheet'],
  ['id', '1.0', 'was made a number by a spreadsheet'],
  ['id', '6012354567890123,00', 'was made a number by a spreadsheet'],
  ['id', '6.012.354.567', 'was given separators by a spreadsheet'],
  ['id', '#BEZUG!', 'is an error of a spreadsheet'],
  ['number', '4.42079E+11', 'was rounded by a spreadsheet'],
  ['number', '442079460000.0', 'was made a number by a spreadsheet'],
  ['number', '#####', 'is what a spreadsheet shows in a column that is too narrow'],
  ['price', '9E-05', 'was rounded by a spreadsheet'],
  ['time', '46346.396', "is a spreadsheet's serial number of 2026-11-20 09:30"],
  ['time', '46346', "is a spreadsheet's serial number of 2026-11-20 00:00"],
  ['time', '11/20/2026 9:30', 'was rewritten by a spreadsheet'],
  ['time', '20.11.2026 09:30', 'was rewritten by a spreadsheet'],
  ['time', '2026-11-20 9:30', 'was rewritten by a spreadsheet'],
  ['time', '20-Nov-26 09:30', 'was rewritten by a spreadsheet'],
  ['time', '2026/11/20 9:30 PM', 'was rewritten by a spreadsheet'],
  ['time', '30:15.4', 'was cut by a spreadsheet to minutes and seconds'],
  ['time', '4.63E+04', 'was rounded by a spreadsheet'],
  ['time', '#VALEUR!', 'is an error of a spreadsheet'],
  ['duration', '2:30', 'was rewritten by a spreadsheet as a time of day'],
  ['duration', '0:02:00', 'was rewritten by a spreadsheet as a time of day'],
  ['duration', '2,5', 'has a comma for the decimal point'],
  ['duration', '1,234.5', 'was given separators by a spreadsheet'],
  ['duration', '02. Mai', 'was made a date by a spreadsheet'],
  ['duration', '5-Feb', 'was made a date by a spreadsheet'],
  ['duration', '1.2E+02', 'was rounded by a spreadsheet'],
  ['count', '1.000,5', 'was given separators by a spreadsheet'],
  ['flag', 'WAHR', "is a spreadsheet's own word"],
  ['flag', 'FAUX', "is a spreadsheet's own word"],
  ['name', 'J\uFFFDrgen', 'lost letters'],
  ['name', 'JÃ¼rgen', 'was saved as UTF-8 from a file that was UTF-8 already'],
  ['name', 'Err:502', 'is an error of a spreadsheet'],
  ['text', '#NAME?', 'is an error of a spreadsheet'],
  ['text', 'Itâ€™s fine', 'was saved as UTF-8 from a file that was UTF-8 already'],
];

const whole: [CellKind, string][] = [
  ['id', '6012354567890123'],
  ['id', 'call-1'],
  ['id', '4e10'],
  ['id', '1.2.3'],
  ['number', '+442079460000'],
  ['number', 'blocked'],
  ['price', '0.0125'],
  ['time', '2026-11-20T09:30:00Z'],
  ['time', '2026-11-20 09:30:15.388365'],
  ['duration', '61.2'],
  ['count', '12'],
  ['flag', 'TRUE'],
  ['name', 'Marie-Claire NÃO, São Paulo'],
  ['name', '梅'],
  ['text', 'May we meet at 2:30? 1,234.5 or 5E+3'],
  ['text', '### done'],
  ['text', 'Ça va, â bientôt'],
];

describe('what a spreadsheet leaves in a cell', () => {
  it.each(damaged)('%s %j %s', (kind, cell, what) => {
    expect(describeDamage(cell, kind)).toMatch(new RegExp(`^${what.replace(/[.()?]/g, '\\$&')}`));
  });

  it.each(whole)('%s %j is whole', (kind, cell) => {
    expect(describeDamage(cell, kind)).toBeNull();
  });
});

describe('rounded ids', () => {
  const judge = (ids: string[]): string[] => {
    const column = new RoundedIds();
    for (const id of ids) column.take(id);
    return ids.filter((id) => column.isRounded(id));
  };
  const whole16 = Array.from({ length: 100 }, (_, at) =>
    String(6_012_354_567_890_123n + BigInt(at) * 16_384n),
  );

  it.each([
    ['to six digits, alone', ['6012350000000000'], ['6012350000000000']],
    [
      'of nineteen digits to fifteen',
      ['4000000000000010000', '4000000000000020000', '4000000000000130000'],
      'all',
    ],
    [
      'with siblings',
      ['6012354560000000', '6012354570000000', ...whole16],
      ['6012354560000000', '6012354570000000'],
    ],
    ['a whole column', whole16.map((id) => `${id.slice(0, 15)}0`), 'all'],
  ])('%s are known', (_, ids, expected) => {
    expect(judge(ids)).toEqual(expected === 'all' ? ids : expected);
  });

  it.each([
    ['multiples of a power of two', whole16],
    ['short ones', ['100000000000000', '100']],
    ['one that ends in zeros', ['6012354567890100', ...whole16]],
    ['one id again and again', Array.from({ length: 50 }, () => '6012354567890120')],
    ['words', ['call-0000000000000000']],
  ])('%s are whole', (_, ids) => {
    expect(judge(ids)).toEqual([]);
  });
});
