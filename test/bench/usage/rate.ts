import { type CallTraffic, compileDeck, type DeckRow, rateTraffic } from '../../../src/rating/index.ts';
import { call } from '../../support/rating.ts';
import { median } from '../figures.ts';
import type { Measure } from './measure.ts';

const ROWS = 5_000;
const CALLS = 100_000;
const LONGEST_PREFIX = 8;

/** Numbers that are the same each time: a linear congruential generator. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Whole calls priced in this process, against only finding the longest prefix in a Map of digit strings. */
export const rate: Measure = {
  id: 'rate',
  async run({ isQuick }) {
    const dice = createDice(7);
    const rows = makeRows(dice);
    const deck = compileDeck({ effectiveAt: null, rows });
    const prefixes = new Map(rows.map((row) => [row.prefix, row]));
    const calls = makeCalls(dice, rows);
    const numbers = calls.map(({ externalNumber }) => (externalNumber ?? '').slice(1));
    const round = () => ({
      rated: perSecond(() =>
        calls.reduce((n, each) => n + Number(rateTraffic(deck, each).outcome === 'rated'), 0),
      ),
      found: perSecond(() => numbers.reduce((n, digits) => n + Number(findLongest(prefixes, digits)), 0)),
    });
    round();
    const rounds = Array.from({ length: isQuick ? 5 : 15 }, round);
    const rated = median(rounds.map((each) => each.rated));
    const found = median(rounds.map((each) => each.found));
    return [
      {
        id: 'rate',
        value: median(rounds.map((each) => each.rated / each.found)),
        target: '>= 0.1',
        absolute: `${rated.toFixed(0)} calls/s against ${found.toFixed(0)} lookups/s`,
      },
    ];
  },
};

function findLongest(prefixes: ReadonlyMap<string, DeckRow>, digits: string): boolean {
  for (let length = Math.min(LONGEST_PREFIX, digits.length); length > 0; length -= 1)
    if (prefixes.has(digits.slice(0, length))) return true;
  return false;
}

function makeRows(dice: (below: number) => number): DeckRow[] {
  const prefixes = new Set<string>();
  for (let first = 2; first <= 9; first += 1) prefixes.add(String(first));
  while (prefixes.size < ROWS) {
    const length = 2 + dice(LONGEST_PREFIX - 1);
    prefixes.add(`${2 + dice(8)}${Array.from({ length: length - 1 }, () => dice(10)).join('')}`);
  }
  return [...prefixes].map((prefix) => ({
    kind: 'call',
    licence: null,
    direction: null,
    origin: null,
    prefix,
    destination: '',
    rate: `0.${String(1 + dice(2_000)).padStart(4, '0')}`,
    firstSeconds: 60,
    nextSeconds: dice(2) === 0 ? 60 : 6,
    fee: '0',
    isBlocked: false,
  }));
}

/** Half of the numbers begin as a row does, so that long prefixes are met as often as short ones. */
function makeCalls(dice: (below: number) => number, rows: readonly DeckRow[]): CallTraffic[] {
  const numbers = new Set<string>();
  while (numbers.size < CALLS) {
    const beginning = dice(2) === 0 ? (rows[dice(rows.length)]?.prefix ?? '2') : String(2 + dice(8));
    numbers.add(`+${beginning}${String(dice(10 ** 9)).padStart(9, '0')}${dice(90)}`.slice(0, 13));
  }
  return [...numbers].map((externalNumber) =>
    call({ externalNumber, durationMs: 1 + dice(1_800_000), officeCountry: 'US' }),
  );
}

function perSecond(work: () => number): number {
  const start = performance.now();
  const done = work();
  if (done !== CALLS) throw new Error(`only ${done} of ${CALLS} were found`);
  return (CALLS * 1000) / (performance.now() - start);
}
