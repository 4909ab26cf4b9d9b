import { describe, expect, it } from 'vitest';
import {
  parseDeck,
  rateTraffic,
  sampleDeck,
  toVersions,
  withSamplePrices,
} from '../../../src/rating/index.ts';
import { call, deckOf, inShort, ratesOf } from '../../support/rating.ts';

const faultsOf = (text: string) =>
  parseDeck(text).faults.map(({ line, message }) => `line ${line}: ${message}`);

describe('a deck is read as people write decks', () => {
  const expected = [
    {
      prefix: '4420',
      rate: '0.0125',
      firstSeconds: 30,
      nextSeconds: 6,
      fee: '0.05',
      origin: 'US',
      direction: 'outbound',
    },
  ];
  it.each([
    [
      'commas',
      'direction,origin,prefix,destination,rate per minute,first increment,next increment,connection fee\noutbound,US,4420,London,0.0125,30,6,0.05\n',
    ],
    [
      'other message, and case',
      'Dir,Office Country,DEST_PREFIX,Name,Price-Per-Minute (USD),Initial Increment (sec),Subsequent,Setup fee\nOUT,us,+44 20,London,$0.0125,30s,6 sec,$0.05\n',
    ],
    [
      'semicolons, a mark, decimal commas, Windows line ends',
      '\uFEFFDirection;Origin;Code;Rate;First;Next;Connect Fee\r\noutgoing;United States;0044-20;0,01250;30;6;0,05\r\n',
    ],
    [
      'tabs',
      'direction\torigin\tdial code\trate\tbilling increment\tfee\noutbound\tUSA\t4420\t0.0125\t30/6\t.05\n',
    ],
    [
      'quotes and unknown columns',
      '"Direction","Note","Origin","Prefix","Rate","First","Next","Fee"\n"outbound","a ""b"", c","US","4420","0.0125","30","6","0.05"\n',
    ],
    [
      'the spreadsheet’s own first line',
      'sep=;\ndirection;origin;prefix;rate;first;next;fee\noutbound;US;4420;0.0125;30;6;0.05\n',
    ],
  ])('%s', (_what, text) => {
    expect(faultsOf(text)).toEqual([]);
    expect(toVersions(parseDeck(text).rows)[0]?.rows).toMatchObject(expected);
  });

  it('all but prefix and rate may be missing', () => {
    expect(deckOf('prefix,rate\n44,0.02').rows).toEqual([
      {
        kind: 'call',
        licence: null,
        direction: null,
        origin: null,
        prefix: '44',
        destination: '',
        rate: '0.02',
        firstSeconds: 60,
        nextSeconds: 60,
        fee: '0',
        isBlocked: false,
      },
    ]);
  });

  it('rows of one effective date are a version of their own', () => {
    const { rows: read } = parseDeck(
      'prefix,rate,effective date\n44,0.02,2026-11-01\n44,0.01,2026-01-01\n33,0.03,2026-11-01 00:00\n',
    );
    expect(
      toVersions(read).map(({ effectiveAt, rows }) => [effectiveAt?.toISOString(), rows.length]),
    ).toEqual([
      ['2026-01-01T00:00:00.000Z', 1],
      ['2026-11-01T00:00:00.000Z', 2],
    ]);
  });

  it('an inbound row of a toll-free prefix is about the company’s line', () => {
    const deck = ratesOf('direction,prefix,rate\ninbound,1800,0.05\nboth,1,0.01');
    const inbound = call({ direction: 'inbound', externalNumber: '+12125550100', isTollFreeLine: true });
    expect(inShort(rateTraffic(deck, { ...inbound, internalNumber: '+18005550100' }))).toBe(
      '0.0500 toll_free 1800',
    );
    expect(inShort(rateTraffic(deck, { ...inbound, internalNumber: '+18885550100' }))).toBe('no-rate');
  });
});

describe('what is wrong with a deck is said with its line', () => {
  it('each bad cell, of each row', () => {
    const text = [
      'prefix,rate,direction,origin,first increment,next increment,effective date',
      '44x,0.01,,,,,',
      ',0.01,,,,,',
      '33,,,,,,',
      '34,0.0x,sideways,,,,',
      '35,-1,,Atlantis,0,1,',
      '36,0.01,,,1.5,1,11/12/2026',
      '4.42E+11,0.01,,,,,2026-02-30',
      '039,0.000000001,,,6,,',
    ].join('\n');
    expect(faultsOf(text)).toEqual([
      'line 2: the prefix "44x" is not a number\'s beginning: write its digits, like 4420',
      'line 3: the prefix is missing',
      'line 4: the rate is missing',
      'line 5: "sideways" is no direction: it is inbound, outbound or both',
      'line 5: the rate "0.0x" is not an amount like 0.0125',
      'line 6: the first increment "0" is not whole seconds from 1 to 3600',
      'line 6: the origin "Atlantis" is no country: write its two letters, like US',
      'line 6: the rate "-1" is less than nothing',
      'line 7: the first increment "1.5" is not whole seconds from 1 to 3600',
      'line 7: the date "11/12/2026" is November 12, 2026 (--dates mdy) or December 11, 2026 (--dates dmy): say which',
      'line 8: the prefix "4.42E+11" was rounded by a spreadsheet: format the column as text',
      'line 8: the effective date "2026-02-30" is not a date like 2026-11-01',
      'line 9: the next increment is missing',
      'line 9: the prefix "039" begins with 0: it begins with a country code, like 44',
      'line 9: the rate "0.000000001" is finer than eight decimals',
    ]);
  });

  it.each([
    ['', 'line 1: the file is empty'],
    ['prefix,rate\n', 'line 1: no rates follow the header'],
    ['44,0.01\n', 'line 1: the first line names no prefix and no rate column; it has "44", "0.01"'],
    [
      'prefix,rate,price\n44,0.01,0.02',
      'line 1: the columns "rate" and "price" both mean the rate: keep one',
    ],
    ['prefix,rate\n44,0.01\n\n+44,0.02', 'line 4: prices +44 again, as line 2 does: keep one'],
    ['prefix,rate\n44,0.01,"x', 'line 2: the quotes are not in pairs'],
    [
      'kind,licence,prefix,rate\nsms,sell,44,0.01',
      'line 2: licence sell has no meaning for sms: only calls are priced by licence',
    ],
    ['prefix,rate\n44,0.01\n"33,0.01\n34,0.01\n', 'line 3: the quotes are not in pairs'],
    [
      'prefix,rate,name\r\n44,0.01,"a\r\nb"\r\n33,x,\r\n',
      'line 4: the rate "x" is not an amount like 0.0125',
    ],
    ['prefix,rate,name\n44,0.01,a\n33,x,"a\nb"\n', 'line 3: the rate "x" is not an amount like 0.0125'],
    [
      'prefix,rate\n44,0,01',
      'line 2: 3 cells, where the header has 2: a delimiter within a cell needs quotes around the cell',
    ],
  ])('%j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it('rates that stand out: of nothing, above the ceiling, above twenty times the usual', () => {
    const usual = ['31,0.01', '32,0.02', '33,0.02', '34,0.03'];
    const { outliers, faults } = parseDeck(
      ['prefix,rate', ...usual, '35,2', '36,0', '37,11', '38,0.4'].join('\n'),
    );
    expect(faults).toEqual([]);
    expect(outliers).toEqual([
      { line: 6, message: 'the rate $2 is 67 times the usual $0.03' },
      { line: 7, message: 'the rate is $0: such usage would be free' },
      { line: 8, message: 'the rate $11 is above $10' },
    ]);
  });
});

describe('decks beside each other', () => {
  it('the sample deck has hundreds of rows, each said to be a sample, none that stands out', () => {
    const { rows } = sampleDeck();
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.filter(({ destination }) => !destination.startsWith('SAMPLE'))).toEqual([]);
  });

  it('sample prices stand in only for what a deck has no row for at all', () => {
    const deck = deckOf('kind,licence,prefix,rate\n,,44,0.02\nsms,,44,0.09\nlocal,sell,1,0.03');
    const { deck: completed, filled } = withSamplePrices(deck);
    expect(filled).toEqual(['toll_free', 'local', 'mms', 'fax', 'ai_conversation']);
    const kinds = completed.rows.map(({ kind, licence }) => `${kind} ${licence ?? ''}`.trim());
    expect(kinds.filter((kind) => kind === 'sms' || kind === 'local sell' || kind === 'call')).toHaveLength(
      3,
    );
  });
});
