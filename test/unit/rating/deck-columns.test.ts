import { describe, expect, it } from 'vitest';
import { type DeckOptions, parseDeck } from '../../../src/rating/index.ts';

/** The first row of a deck of one, as `rate first/next + fee`, or its faults. */
function read(header: string, row: string, options?: DeckOptions): string {
  const { rows, faults } = parseDeck(`${header}\n${row}`, options);
  const [first] = rows;
  if (faults.length > 0) return faults.map(({ message }) => message).join('; ');
  if (first === undefined) return 'nothing';
  const { rate, firstSeconds, nextSeconds, fee, isBlocked } = first.row;
  const state = first.isClosed ? ' closed' : isBlocked ? ' blocked' : '';
  return `${rate} ${firstSeconds}/${nextSeconds} + ${fee}${state}`;
}

describe('a unit in a header is part of what the column means', () => {
  it.each([
    ['Rate', '0.02', '0.02'],
    ['Rate per minute (USD)', '$0.02', '0.02'],
    ['Price/Min.', '0.02', '0.02'],
    ['USD/min', '0.02', '0.02'],
    ['$/min', '0.02', '0.02'],
    ['rate_usd', '0.02', '0.02'],
    ['rate_per_minute_usd', '0.02', '0.02'],
    ['PricePerMin', '0.02', '0.02'],
    ['Rate (¢)', '2.5', '0.025'],
    ['Cents per minute', '1.2345', '0.012345'],
    ['Rate/sec', '0.0005', '0.03'],
    ['Rate (sec)', '0.00000001', '0.0000006'],
    ['Rate, cents per second', '0.5', '0.3'],
    ['Price per hour', '0.6', '0.01'],
    ['Price per hour', '1.5', '0.025'],
  ])('%s: %s is %s a minute', (name, cell, rate) => {
    expect(read(`prefix|${name}`, `44|${cell}`)).toBe(`${rate} 60/60 + 0`);
  });

  it.each([
    'Rate (EUR)',
    'Rate EUR',
    'Rate (€/min)',
    'Rate (£/min)',
    'Rate (¥)',
    'Pence per minute',
    'Rate %',
    ...[
      'Rate_CAD',
      'Price in Euros',
      'Euro rate',
      'RateEUR',
      'Rate (₹/min)',
      'Rate ($ AUD)',
      'Rate (€cent/min)',
    ],
    ...['Rate (A$)', 'Rate S$', 'Rate (HK$/min)', 'R$/min', 'Rate (₺)', 'Rate (₩)', 'Rate (₿)', 'Rate (¤)'],
    ...[
      'Rate (‰)',
      'Rate (mils)',
      'Rate per 6 sec',
      'Rate/30s',
      'Rate per 1000 min',
      'Rate per call',
      'Rate²',
    ],
  ])('%s is refused', (name) => {
    expect(read(`prefix|${name}`, '44|0.02')).toMatch(/US dollars|percentage|no rate column/);
  });

  it.each(['Connection fee EUR', 'Setup fee (A$)', 'Connect Cost ₺', 'Surcharge %', 'Setup fee per minute'])(
    '%s is no fee in dollars',
    (name) => {
      expect(read(`prefix|rate|${name}`, '44|0.02|5')).toMatch(/US dollars|percentage|not understood/);
    },
  );

  it.each([
    ...['0.02 EUR', '2c', '2.5¢', '£0.02', 'R$0.02', 'C$0.02', '0.02/s', '0.02 per second', '0.02/min', '2%'],
    ...['(0.02)', '0.02-', '0.02 0.03', '1.234,56', '2e-2', '٠٫٠٢', 'free', 'TBA'],
  ])('the rate %s is refused', (cell) => {
    expect(read('prefix|rate', `44|${cell}`)).toMatch(/not an amount|rounded/);
  });

  it.each([
    ...[
      'Currency Code|GBP',
      'Rate Currency|GBP',
      'currency|840',
      'currency|C$',
      'ISO Currency|GBP',
      'CCY|EUR',
    ],
    ...['unit|6 seconds', 'unit|MB', 'Rate Unit|cent', 'Price Unit|cents', 'Unit of Measure|second'],
    ...['Rate Type|per second', 'Multiplier|100', 'Exchange Rate|1.08', 'Discount|10%', 'Off Peak Rate|0.01'],
    ...['Weekend|0.01', 'Markup|3', 'Min Charge|0.05', 'Max Charge|1'],
  ])('%s beside the rate is refused', (column) => {
    const [name = '', cell = ''] = column.split('|');
    expect(read(`prefix|rate|${name}`, `44|0.02|${cell}`)).toMatch(
      /the currency is|the unit|not understood|both mean the rate/,
    );
  });

  it('what has no exact price a minute is refused', () => {
    expect(read('prefix|price per hour', '44|1')).toContain('no exact price a minute');
  });

  it('cells that name another currency or unit are refused with their line', () => {
    expect(read('prefix,rate,currency', '44,0.02,EUR')).toBe(
      "the currency is EUR: Refill's prices are in US dollars",
    );
    expect(read('prefix,rate,currency', '44,0.02,USD')).toBe('0.02 60/60 + 0');
    expect(read('prefix,rate,unit', '44,0.001,second')).toBe('0.06 60/60 + 0');
    expect(read('prefix,rate,unit', '44,0.02,message')).toContain('the unit "message" is not understood');
    expect(read('prefix,rate', '44,€0.02')).toContain('not an amount in US dollars');
  });
});

describe('increments and fees, however they are called', () => {
  it.each([
    ['first_increment_seconds,next_increment_seconds', '30,6', '30/6'],
    ['First Increment (seconds),Next Increment (sec)', '30,6', '30/6'],
    ['Initial Block,Additional Block', '30,6', '30/6'],
    ['Interval 1,Interval N', '30,6', '30/6'],
    ['Interval1,IntervalN', '30,6', '30/6'],
    ['Minimum,Increment', '30,6', '30/6'],
    ['Min Sec,Int', '30,6', '30/6'],
    ['Min/Inc', '30/6', '30/6'],
    ['Billing Increment (min)', '1', '60/60'],
    ['Increments', '30+6', '30/6'],
    ['firstIncrementSeconds,nextIncrementSeconds', '30,6', '30/6'],
    ['first-increment-seconds,next-increment-seconds', '30,6', '30/6'],
    ['first.increment.seconds,next.increment.seconds', '30,6', '30/6'],
    ['FIRST INCREMENT SEC.,NEXT INCREMENT SEC.', '30,6', '30/6'],
    ['First Increment [s],Next Increment [s]', '30,6', '30/6'],
    ['First Increment in seconds,Next Increment in seconds', '30,6', '30/6'],
    ['initial_seconds,additional_seconds', '30,6', '30/6'],
    ['first_period_seconds,next_period_seconds', '30,6', '30/6'],
    ['interval_1_seconds,interval_n_seconds', '30,6', '30/6'],
    ['minimum_seconds,increment_seconds', '30,6', '30/6'],
    ['First Increment (min),Next Increment (min)', '1,1', '60/60'],
    ['Rounding (s)', '6', '6/6'],
    ['Increments', '30s/6s', '30/6'],
  ])('%s', (names, cells, increments) => {
    expect(read(`prefix,rate,${names}`, `44,0.02,${cells}`)).toBe(`0.02 ${increments} + 0`);
  });

  it.each(['Connect Cost', 'Call Setup', 'connection_fee_usd', 'ConnectCharge'])('%s', (name) => {
    expect(read(`prefix,rate,${name}`, '44,0.02,0.005')).toBe('0.02 60/60 + 0.005');
  });

  it.each([
    ['first_incr_secs,next_incr_secs', '30,6'],
    ['initial_increment_ms,next_increment_ms', '30000,6000'],
    ['Pulse 1,Pulse 2', '30,6'],
    ['bill_start,bill_increment', '30,6'],
    ['Min. call duration,Granularity', '30,6'],
    ['minimum_billing_seconds', '30'],
    ['Billing terms', '30/6'],
    ['flagfall_usd', '0.05'],
  ])('%s is refused, as no other price may stand in for it', (names, cells) => {
    expect(read(`prefix,rate,${names}`, `44,0.02,${cells}`)).toContain('not understood');
  });

  it.each(['1m/6s', '30x6', '0.5/0.1', 'per second', '1-Jun', '2030-06-01', '60/', '/60', '6e1'])(
    'increments of %s are refused',
    (cell) => {
      expect(read('prefix|rate|increments', `44|0.02|${cell}`)).toMatch(/increment/);
    },
  );

  it.each(['setup_fee_cents', 'Connect Fee (¢)', 'connection_fee_cents'])('%s is in cents', (name) => {
    expect(read(`prefix,rate,${name}`, '44,0.02,5')).toBe('0.02 60/60 + 0.05');
  });

  it('a first increment alone is not completed by a guess, nor is a third one dropped', () => {
    expect(read('prefix,rate,minimum', '44,0.02,1')).toBe('there is a first increment and no next one');
    expect(read('prefix,rate,next', '44,0.02,1')).toBe('there is a next increment and no first one');
    expect(read('prefix,rate,increments', '44,0.02,30/6/60')).toContain('are not two');
    expect(read('prefix,rate,first,next', '44,0.02,30,')).toBe('the next increment is missing');
  });
});

describe('what is not understood is not passed over', () => {
  it.each([
    'Sell Rate',
    'Price N',
    'Interstate Rate',
    'Orig Set',
    'Country Code',
    'Area Code',
    'weight',
    'LRN',
  ])('%s is refused, or ignored by name', (name) => {
    expect(read(`prefix,rate,${name}`, '44,0.02,1')).toContain(`"${name}"`);
    expect(read(`prefix,rate,${name}`, '44,0.02,1', { ignore: [name] })).toBe('0.02 60/60 + 0');
  });

  it.each(['Notes', 'ISO', 'Carrier', 'Region', 'id', 'Old Rate'])('%s is known to price nothing', (name) => {
    expect(read(`prefix,rate,${name}`, '44,0.02,anything')).toBe('0.02 60/60 + 0');
  });

  it.each(['Grace Period', 'Included Seconds', 'VAT %', 'Tax'])('%s has to be nothing', (name) => {
    expect(read(`prefix,rate,${name}`, '44,0.02,0')).toBe('0.02 60/60 + 0');
    expect(read(`prefix,rate,${name}`, '44,0.02,19')).toContain('has to be 0 or empty');
  });

  it('a remark that says a row ends is not harmless', () => {
    expect(read('prefix,rate,comment', '44,0.02,Closed')).toContain('--map status="comment"');
    expect(read('prefix,rate,comment', '44,0.02,Closed', { map: { status: 'comment' } })).toBe(
      '0 60/60 + 0 closed',
    );
  });

  it('the operator says what a column is, and its unit holds all the same', () => {
    expect(read('prefix,Sell (cents)', '44,2', { map: { rate: 'Sell (cents)' } })).toBe('0.02 60/60 + 0');
    expect(read('prefix,Sell (EUR)', '44,2', { map: { rate: 'Sell (EUR)' } })).toContain('EUR');
    expect(read('prefix,rate', '44,2', { ignore: ['Cost'] })).toContain(
      '--ignore: there is no column "Cost"',
    );
  });
});

describe('rows that end, and rows that are blocked', () => {
  it.each([
    ['status', 'New', ''],
    ['status', 'Closed', ' closed'],
    ['change', 'Delete', ' closed'],
    ['active', 'no', ' closed'],
    ['discontinued', '1', ' closed'],
    ['blocked', 'yes', ' blocked'],
    ['forbidden', 'true', ' blocked'],
    ['status', 'Blocked', ' blocked'],
    ['Enabled', '0', ' closed'],
    ['Is Active', 'N', ' closed'],
    ['Deleted', 'TRUE', ' closed'],
    ['Change Type', 'Removed', ' closed'],
    ['status', 'withdrawn', ' closed'],
    ['change', 'Ended', ' closed'],
    ['Barred', 'y', ' blocked'],
    ['Rate Status', 'Blocked', ' blocked'],
  ])('%s: %s', (name, cell, state) => {
    expect(read(`prefix,rate,${name}`, `44,0.02,${cell}`)).toBe(
      `${state === '' ? '0.02' : '0'} 60/60 + 0${state}`,
    );
  });

  it.each([
    ...[
      'Withdrawn|yes',
      'Suspended|1',
      'Disabled|true',
      'Expired|yes',
      'Service Status|Suspended',
      'Available|No',
    ],
    ...['Termination Date|2026-01-01', 'Valid Through|2026-01-01', 'Good Until|2026-01-01', 'Do not use|X'],
    ...[
      'status|Suspended',
      'status|no longer available',
      'change|DEL',
      'Action|D',
      'active|nein',
      'blocked|maybe',
    ],
    ...[
      'Comment|code removed from Nov 1',
      'Note|destination closed',
      'Remarks|DISCONTINUED',
      'Notes|not available',
    ],
    ...['Carrier|no service since May'],
  ])('%s is refused, and never an ordinary price', (column) => {
    const [name = '', cell = ''] = column.split('|');
    expect(read(`prefix|rate|${name}`, `44|0.02|${cell}`)).toMatch(
      /not understood|is not one of|neither yes nor no|if it says which rows end/,
    );
    const says = { ignore: [name] };
    expect(read(`prefix|rate|${name}`, `44|0.02|${cell}`, says)).toBe('0.02 60/60 + 0');
  });

  it('a word in place of the price', () => {
    expect(read('prefix,rate', '44,blocked')).toBe('0 60/60 + 0 blocked');
    expect(read('prefix,rate,status', '44,0.02,perhaps')).toContain('the status "perhaps"');
  });
});

describe('prefixes', () => {
  const prefixesOf = (cell: string, options?: DeckOptions): string =>
    parseDeck(`prefix|rate\n"${cell}"|0.02`, options)
      .rows.map(({ row }) => row.prefix)
      .join(' ') || 'refused';

  it.each([
    ['4420', '4420'],
    ['+44 20', '4420'],
    ['0044-20', '4420'],
    ['1 (201) 202', '1201202'],
    ['44-7', '447'],
    ['93-70', '9370'],
    ['=""44""', '44'],
    ["'44", '44'],
    ['44207-44209', '44207 44208 44209'],
    ['1242–1244', '1242 1243 1244'],
    ['4420;4421', '4420 4421'],
    ['4474/4475', '4474 4475'],
    ['4474 4475', '4474 4475'],
    ['4474\n4475', '4474 4475'],
    ['4474\u00a04475', '4474 4475'],
    ['336 07 336 08', 'refused'],
    ['49152.49162', 'refused'],
    ['44-49', 'refused'],
    ['61 38,39', 'refused'],
    ['447X', 'refused'],
    ['44[7-9]', 'refused'],
    ['^447.*', 'refused'],
    ['011447', 'refused'],
    ['44.0', 'refused'],
    ['4.42E+11', 'refused'],
    ['1234567890123', 'refused'],
    ['1 204 1 306', 'refused'],
    ['1(204)1(306)', 'refused'],
    ['44 20 44 21', 'refused'],
    ['93-70-93-79', 'refused'],
    ['44 20 - 44 29', 'refused'],
    ['+44 20-29', 'refused'],
    ['44 20 21 22', 'refused'],
    ['44 2079 2080', 'refused'],
    ['4420-9', 'refused'],
    ['4422-4420', 'refused'],
    ['4420..4429', 'refused'],
    ['4420~4429', 'refused'],
    ['4420+4421', 'refused'],
    ['44(20,21)', 'refused'],
    ['1 787/939', 'refused'],
    ['+44,+33', 'refused'],
    ['4420 and 4421', 'refused'],
    ['44-20-7946', '44207946'],
    ['33 6 12', '33612'],
    ['4420 to 4422', '4420 4421 4422'],
    ['4420 — 4422', '4420 4421 4422'],
    ['4420\u20094421', '4420 4421'],
    ['+4420/+4421', '4420 4421'],
    ['4420-4421, 4425', '4420 4421 4425'],
    ['1684 1787 1939', '1684 1787 1939'],
  ])('%j is %s', (cell, prefixes) => {
    expect(prefixesOf(cell)).toBe(prefixes);
  });

  it('what is hard to believe is taken with force', () => {
    expect(prefixesOf('44.0', { force: true })).toBe('44');
    expect(prefixesOf('1234567890123', { force: true })).toBe('1234567890123');
  });

  it('A to Z without +1 is taken: country codes look like area codes', () => {
    const codes =
      '212 213 216 218 220 223 224 225 226 227 228 229 231 234 235 236 237 238 239 240 241 242 33 44 49 39 34 31'.split(
        ' ',
      );
    const rows = codes.flatMap((code) => [`${code},0.02`, `${code}9,0.04`]);
    expect(parseDeck(['prefix,rate', ...rows].join('\n')).faults).toEqual([]);
  });

  it.each<[what: string, header: string, rows: string[]]>([
    ['five of them', 'prefix,rate', '905 416 647 289 365'.split(' ')],
    ['of the East', 'prefix,rate', '201 202 203 205 206 207 208 209 210 212 213 214'.split(' ')],
    ['of Canada', 'prefix,rate', '204 226 236 249 250 289 306 343 365 403 416 418'.split(' ')],
    ['of the islands', 'prefix,rate', '242 246 284 340 345 441 473 649 664 758'.split(' ')],
    ['that are free', 'prefix,rate', '800 833 844 855 866 877 888'.split(' ')],
    ['in brackets', 'prefix,rate', ['(201)', '(202)', '(203)', '(212)', '(415)']],
    ['of texts', 'kind,prefix,rate', '201 202 203 205 206'.split(' ').map((code) => `sms,${code}`)],
    [
      'of callers',
      'direction,prefix,rate',
      '201 202 203 212 415'.split(' ').map((code) => `inbound,${code}`),
    ],
    ['two, with their states', 'name,prefix,rate', ['New Jersey,201', 'California,415']],
    ['two, with their provinces', 'name,prefix,rate', ['Ontario - Toronto,416', 'Alberta,403', 'Egypt,20']],
    ['with their country', 'country,prefix,rate', ['USA,201', 'USA,415']],
    ['named after islands', 'name,prefix,rate', ['Bahamas,242', 'Barbados,246', 'Bermuda,441']],
  ])('area codes without +1 are refused: %s', (_, header, rows) => {
    const text = [header, ...rows.map((row) => `${row},0.02`)].join('\n');
    expect(parseDeck(text).faults).toMatchObject([{ message: expect.stringContaining('--force') }]);
    expect(parseDeck(text, { force: true }).faults).toEqual([]);
    expect(parseDeck(text.replaceAll(/(\(?\d{3}\)?),0.02/g, '1$1,0.02')).faults).toEqual([]);
  });

  it.each([
    [
      'mobiles of Europe, named',
      'name,prefix,rate',
      ['France,336', 'Switzerland,417', 'Spain,346', 'Turkey,905', 'Poland,485'],
    ],
    ['countries of Africa', 'prefix,rate', ['212', '213', '216', '218', '220', '226', '250', '264']],
    ['one mobile prefix', 'prefix,rate', ['905']],
    ['three, among longer ones', 'prefix,rate', ['905', '417', '336', '4420', '49']],
  ])('%s are taken', (_, header, rows) => {
    expect(parseDeck([header, ...rows.map((row) => `${row},0.02`)].join('\n')).faults).toEqual([]);
  });

  it('names of other countries than the prefixes’ are refused above one in twenty', () => {
    const good = Array.from({ length: 19 }, (_, at) => `France ${at},33${10 + at},0.02`);
    const deck = (more: string[]): string => ['destination,prefix,rate', ...good, ...more].join('\n');
    expect(parseDeck(deck(['Spain,33,0.02'])).faults).toEqual([]);
    const [fault] = parseDeck(deck(['Spain,33,0.02', 'Italy - Mobile,3399,0.02'])).faults;
    expect(fault?.message).toContain('2 of 21 rows that name a country');
    expect(parseDeck(deck(['Spain,33,0.02', 'Italy,3399,0.02']), { force: true }).faults).toEqual([]);
  });
});

describe('dates', () => {
  const datesOf = (cell: string, options?: DeckOptions): string => {
    const { rows, faults } = parseDeck(`prefix|rate|effective date|end date\n44|0.02|${cell}`, options);
    if (faults.length > 0) return faults.map(({ message }) => message).join('; ');
    return [rows[0]?.from, rows[0]?.to].map((at) => at?.toISOString().slice(0, 16) ?? '').join(' to ');
  };

  it.each([
    ['2026-11-01|2026-12-31', '2026-11-01T00:00 to 2027-01-01T00:00'],
    ['20261101|2026-12-31 23:59:59', '2026-11-01T00:00 to 2027-01-01T00:00'],
    ['1-Nov-2026|Dec 31, 2026', '2026-11-01T00:00 to 2027-01-01T00:00'],
    ['2026-11-01T12:00Z|', '2026-11-01T12:00 to '],
  ])('%s', (cells, expected) => {
    expect(datesOf(cells)).toBe(expected);
  });

  it('of every day take an order, and what they probably mean is said', () => {
    expect(datesOf('30/11/2026|')).toContain(
      'probably day first (November 30, 2026): take them with --dates dmy',
    );
    expect(datesOf('11/30/2026|')).toContain('--dates mdy');
    expect(datesOf('11/12/2026|', { dates: 'dmy' })).toBe('2026-12-11T00:00 to ');
    expect(datesOf('11/30/2026|', { dates: 'dmy' })).toContain('is not a date');
    expect(datesOf('46346|')).toContain('serial number of a spreadsheet');
    expect(datesOf('2026-11-02|2026-11-01')).toContain('ends before it begins');
  });
});
