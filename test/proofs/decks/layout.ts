import { stringify } from 'csv-stringify/sync';
import { Decimal } from 'decimal.js';
import type { DeckOptions } from '../../../src/rating/index.ts';
import type { Draw } from './draw.ts';
import type { TruePrice } from './truth.ts';

/** A table before it is written: what a layout made of prices, and how an operator would give it. */
export interface Sheet {
  header: string[];
  /** Prefix and rate columns, for those who damage cells. */
  at: { prefix: number; rate: number };
  rows: string[][];
  options: DeckOptions;
  delimiter: string;
  encoding: 'utf8' | 'bom' | 'utf16' | 'windows-1252';
  preamble: string[];
}

interface Column {
  header: string;
  cell(price: TruePrice): string;
  role?: 'prefix' | 'rate';
}

type Maker = (draw: Draw, prices: readonly TruePrice[], options: Mutable<DeckOptions>) => Column[];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const CODES = ['33', '44', '49', '81', '353', '420', '971'];

/** Renders prices in a drawn layout; what all rows have in common may be left out where Refill takes it for granted. */
export function drawSheet(draw: Draw, prices: readonly TruePrice[]): Sheet {
  const delimiter = draw.pick([',', ';', '\t', '|']);
  const hasCommas = delimiter !== ',' && draw.isTrue(0.5);
  const options: Mutable<DeckOptions> = {};
  const makers: Maker[] = [
    prefixColumn,
    rateColumn,
    incrementColumns,
    feeColumn,
    dateColumns,
    stateColumns,
    noiseColumns,
  ];
  const columns = draw.shuffled(makers.flatMap((make) => make(draw, prices, options)));
  const decimal = (text: string): string =>
    hasCommas && /^\d*\.\d+$/.test(text) ? text.replace('.', ',') : text;
  const preamble = draw.isTrue(0.25)
    ? ['Rate sheet no. 118', 'all prices in US dollars'].slice(0, 1 + draw.below(2))
    : [];
  if (preamble.length > 0) options.skipRows = preamble.length;
  return {
    header: columns.map(({ header }) => header),
    at: {
      prefix: columns.findIndex(({ role }) => role === 'prefix'),
      rate: columns.findIndex(({ role }) => role === 'rate'),
    },
    rows: draw.shuffled(prices).map((price) => columns.map(({ cell }) => decimal(cell(price)))),
    options,
    delimiter,
    encoding: draw.pick(['utf8', 'bom', 'utf16', 'windows-1252'] as const),
    preamble,
  };
}

/** The sheet as the bytes of a file. */
export function writeSheet({ header, rows, delimiter, encoding, preamble }: Sheet, draw: Draw): Buffer {
  const table = stringify([header, ...rows], {
    delimiter,
    quoted: draw.isTrue(0.3),
    record_delimiter: draw.pick(['\n', '\r\n']),
  });
  const declared = preamble.length === 0 && draw.isTrue(0.15) ? `sep=${delimiter}\n` : '';
  const text = declared + preamble.map((line) => `${line}\n`).join('') + table;
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text);
    case 'bom':
      return Buffer.from(`\uFEFF${text}`);
    case 'utf16':
      return Buffer.from(`\uFEFF${text}`, 'utf16le');
    case 'windows-1252':
      return Buffer.from(text, 'latin1');
  }
}

const prefixColumn: Maker = (draw) => {
  const style = draw.pick(['plain', '+', '00', 'grouped', 'formula'] as const);
  return [
    {
      header: draw.pick(['Prefix', 'Code', 'Dial Code', 'dest_prefix', 'DestinationPrefix', 'E.164']),
      role: 'prefix',
      cell: ({ prefix }) => {
        const code = CODES.find((each) => prefix.startsWith(each)) ?? '';
        if (style === 'grouped') return `+${code} ${prefix.slice(code.length)}`.trim();
        if (style === 'formula') return `="${prefix}"`;
        return style === 'plain' ? prefix : `${style}${prefix}`;
      },
    },
  ];
};

const rateColumn: Maker = (draw, prices) => {
  const units = [
    { headers: ['Rate', 'Price per minute', 'Rate (USD/min)', 'rate_usd', '$/min'], times: 1 },
    { headers: ['Rate (¢/min)', 'Cents per minute', 'rate_cents'], times: 100 },
    { headers: ['Rate per second', 'rate_usd_per_sec', 'Price/Second'], times: new Decimal(1).dividedBy(60) },
  ];
  const { headers, times } = draw.pick(units);
  const sign = times === 1 && draw.isTrue(0.2) ? '$' : '';
  const word = draw.isTrue(0.3) && prices.some(({ state }) => state !== 'open');
  return [
    {
      header: draw.pick(headers),
      role: 'rate',
      cell: ({ rate, state }) =>
        word && state !== 'open'
          ? state
          : `${sign}${new Decimal(rate).times(times).toDecimalPlaces(8).toFixed()}`,
    },
  ];
};

const incrementColumns: Maker = (draw, prices) => {
  if (prices.every(({ first, next }) => first === 60 && next === 60) && draw.isTrue(0.5)) return [];
  if (draw.isTrue(0.4)) {
    const between = draw.pick(['/', '-', '+']);
    return [
      {
        header: draw.pick(['Increments', 'Billing Increment', '1st/Next', 'Min/Inc']),
        cell: ({ first, next }) => `${first}${between}${next}`,
      },
    ];
  }
  const [first, next] = draw.pick([
    ['First Increment', 'Next Increment'],
    ['initial_increment_seconds', 'subsequent_increment_sec'],
    ['Interval 1', 'Interval N'],
    ['Minimum', 'Increment'],
    ['initblock', 'billingblock'],
  ] as const);
  return [
    { header: first, cell: (price) => String(price.first) },
    { header: next, cell: (price) => String(price.next) },
  ];
};

const feeColumn: Maker = (draw, prices) => {
  if (prices.every(({ fee }) => fee === '0') && draw.isTrue(0.5)) return [];
  const isCents = draw.isTrue(0.3);
  return [
    {
      header: isCents
        ? 'Connection fee (cents)'
        : draw.pick(['Connect Cost', 'Setup fee', 'connection_fee_usd', 'Surcharge']),
      cell: ({ fee }) => new Decimal(fee).times(isCents ? 100 : 1).toFixed(),
    },
  ];
};

const dateColumns: Maker = (draw, prices, options) => {
  const style = draw.pick(['iso', 'compact', 'mdy', 'dmy', 'said'] as const);
  if (style === 'mdy' || style === 'dmy') options.dates = style;
  const written = (day: string | null): string => {
    if (day === null) return '';
    const [year = '', month = '', date = ''] = day.split('-');
    if (style === 'mdy') return `${Number(month)}/${Number(date)}/${year}`;
    if (style === 'dmy' || style === 'said') return `${date}.${month}.${year}`;
    return style === 'compact' ? `${year}${month}${date}` : day;
  };
  const said = style === 'said' ? ' (DD/MM/YYYY)' : '';
  const columns: Column[] = [];
  if (prices.some(({ from }) => from !== null))
    columns.push({
      header: `${draw.pick(['Effective Date', 'Valid from', 'Start date'])}${said}`,
      cell: ({ from }) => written(from),
    });
  if (prices.some(({ until }) => until !== null))
    columns.push({
      header: `${draw.pick(['End Date', 'Valid until', 'Expiry date'])}${said}`,
      cell: ({ until }) => written(until),
    });
  return columns;
};

const stateColumns: Maker = (draw, prices) => {
  if (prices.every(({ state }) => state === 'open')) return [];
  if (draw.isTrue(0.5)) {
    const words = {
      open: draw.pick(['New', 'Unchanged', 'Increase', '']),
      closed: draw.pick(['Closed', 'Deleted']),
      blocked: 'Blocked',
    };
    return [{ header: draw.pick(['Status', 'Change', 'Action']), cell: ({ state }) => words[state] }];
  }
  return [
    {
      header: draw.pick(['Blocked', 'Forbidden']),
      cell: ({ state }) => (state === 'blocked' ? 'yes' : 'no'),
    },
    { header: draw.pick(['Closed', 'Discontinued']), cell: ({ state }) => (state === 'closed' ? '1' : '0') },
  ];
};

const noiseColumns: Maker = (draw, _prices, options) => {
  const columns: Column[] = [];
  if (draw.isTrue(0.7))
    columns.push({
      header: draw.pick(['Destination', 'Country', 'Description']),
      cell: ({ country }) => `${country} - Café`,
    });
  if (draw.isTrue(0.3)) columns.push({ header: 'Notes', cell: () => 'see "terms", page 2' });
  if (draw.isTrue(0.2)) columns.push({ header: 'Currency', cell: () => 'USD' });
  if (draw.isTrue(0.2)) columns.push({ header: 'Grace Period', cell: () => '0' });
  if (draw.isTrue(0.3)) {
    columns.push({ header: 'LCR weight', cell: () => '7' });
    options.ignore = ['LCR weight'];
  }
  return columns;
};
