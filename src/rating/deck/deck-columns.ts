/** The columns of a deck, and what people call them. Compared without case, spaces, punctuation and units. */
const NAMES = {
  kind: ['kind', 'usage kind', 'usage type', 'service'],
  licence: ['licence', 'license', 'licence type', 'license type'],
  direction: ['direction', 'dir', 'call direction', 'traffic direction'],
  origin: [
    'origin',
    'origin country',
    'originating country',
    'office country',
    'from country',
    'source',
    'source country',
    'calling from',
  ],
  prefix: [
    'prefix',
    'dest prefix',
    'destination prefix',
    'dial prefix',
    'number prefix',
    'code',
    'dial code',
    'dialling code',
    'dialing code',
    'destination code',
    'dest code',
    'e164',
    'e164 prefix',
    'calling code',
  ],
  destination: [
    'destination',
    'destination name',
    'dest',
    'dest name',
    'name',
    'country',
    'country name',
    'destination country',
    'description',
    'route',
    'zone',
  ],
  rate: [
    'rate',
    'rate per minute',
    'rate minute',
    'rate min',
    'rate per min',
    'price',
    'price per minute',
    'price per min',
    'price minute',
    'price min',
    'cost',
    'cost per minute',
    'cost per min',
    'per minute',
    'per min',
    'minute rate',
    'call rate',
    'unit price',
    'rate per unit',
    'new rate',
    'tariff',
    'charge per minute',
    'amount',
  ],
  first: [
    'first increment',
    'initial increment',
    'first',
    'initial',
    'first interval',
    'initial interval',
    'first billing increment',
    'initial billing increment',
    'first period',
    'minimum',
    'minimum duration',
    'min duration',
    'minimum increment',
    'interval 1',
    'increment 1',
  ],
  next: [
    'next increment',
    'subsequent increment',
    'next',
    'subsequent',
    'next interval',
    'subsequent interval',
    'next billing increment',
    'subsequent billing increment',
    'additional increment',
    'additional',
    'recurring increment',
    'following increment',
    'next period',
    'interval n',
    'interval 2',
    'increment 2',
  ],
  increments: [
    'increment',
    'increments',
    'billing increment',
    'billing increments',
    'billing',
    'rounding',
    'intervals',
  ],
  fee: [
    'connection fee',
    'connect fee',
    'connection charge',
    'connect charge',
    'connection',
    'connection cost',
    'setup fee',
    'set up fee',
    'call setup fee',
    'setup charge',
    'surcharge',
    'fee',
    'flag fall',
  ],
  effective: [
    'effective date',
    'effective',
    'effective from',
    'effective at',
    'effective time',
    'valid from',
    'start date',
    'date',
    'in force from',
    'from date',
  ],
} as const;

export type DeckColumn = keyof typeof NAMES;

/** Each word of a name but those that say a unit. */
const UNITS = /\b(usd|us|dollars?|eur|sec|secs|seconds?|s)\b|[^a-z0-9]+/g;
const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replace(UNITS, '');

const columnOf = new Map(
  Object.entries(NAMES).flatMap(([column, names]) =>
    names.map((name) => [plain(name), column as DeckColumn] as const),
  ),
);

/** Which column stands where, or a message that says what is wrong with the header. */
export type ReadColumns = { columns: Map<DeckColumn, number> } | { fault: string };

/** Reads a deck's header row. Columns it does not know are left aside; prefix and rate must be there. */
export function readColumns(header: readonly string[]): ReadColumns {
  const columns = new Map<DeckColumn, number>();
  for (const [place, name] of header.entries()) {
    const column = columnOf.get(plain(name));
    if (column === undefined) continue;
    const other = columns.get(column);
    if (other !== undefined)
      return { fault: `the columns "${header[other]}" and "${name}" both mean the ${column}: keep one` };
    columns.set(column, place);
  }
  const missing = (['prefix', 'rate'] as const).filter((column) => !columns.has(column));
  if (missing.length === 0) return { columns };
  const found = header.map((name) => `"${name.trim()}"`).join(', ');
  return { fault: `the first line names no ${missing.join(' and no ')} column; it has ${found}` };
}
