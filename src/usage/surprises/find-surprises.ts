/** What is unusual in the usage of an office: as a whole, by country and by type. Pure. */
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import { judgeHour, type SpendHour, type SpendSum, type Surprise } from './judge-hour.ts';

/** What of an office is judged; `''`: all of it. */
export type SpendPart = { kind: 'office'; value: '' } | { kind: 'country' | 'type'; value: string };

/** Usage of one minute, country and type; or of one clock hour. */
export interface SpendPiece {
  at: Date;
  /** ISO code; empty where a number has none. */
  country: string;
  type: string;
  calls: number;
  micros: bigint;
}

/** What is known of an office when it is judged. */
export interface OfficeSpend {
  timeZone: string;
  /** The office's own country, which is never called for the first time. */
  country: string;
  /** By minute: usage of the hours that may be unusual. */
  recent: readonly SpendPiece[];
  /** By clock hour: what came before. */
  history: readonly SpendPiece[];
  officeSince: Date | null;
}

export interface PartSurprise extends Surprise {
  part: SpendPart;
}

/** Of an office's spending in an hour, a part that has so much of it explains the whole. */
const EXPLAINS = 2n;

/**
 * The parts whose spending is unusual, at most one surprise each: the hour that is furthest above what is usual. A country explains its
 * type and its office, and a type its office, where it is at least half of what they spent; only what it does not explain is
 * reported of them.
 */
export function findSurprises(office: OfficeSpend, judge = judgeHour): PartSurprise[] {
  const recent = [...groupByPart(office.recent)];
  const history = groupByPart(office.history);
  const found: PartSurprise[] = [];
  for (const [key, pieces] of recent.toSorted(([a], [b]) => orderOf(a) - orderOf(b))) {
    const part = partOf(key);
    const past = {
      hours: sumHours(history.get(key) ?? []),
      officeSince: office.officeSince,
    };
    const isAbroad = part.kind === 'country' && part.value !== '' && part.value !== office.country;
    const surprises = hoursOf(pieces).flatMap((hour) => {
      const surprise = judge(hour, past, { timeZone: office.timeZone, isAbroad });
      return surprise === null || isExplained(surprise, found) ? [] : [{ ...surprise, part }];
    });
    const [largest] = surprises.toSorted((a, b) => (a.micros < b.micros ? 1 : a.micros > b.micros ? -1 : 0));
    if (largest !== undefined) found.push(largest);
  }
  return found;
}

function isExplained(surprise: Surprise, found: readonly PartSurprise[]): boolean {
  const explained = found
    .filter(({ from, to }) => from <= surprise.to && to >= surprise.from)
    .reduce((sum, { micros }) => sum + micros, 0n);
  return explained * EXPLAINS >= surprise.micros;
}

/** Every run of 60 minutes that begins with usage, from the first minute of it to the last. */
export function hoursOf(pieces: readonly SpendPiece[]): SpendHour[] {
  const minutes = pieces.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const hours: SpendHour[] = [];
  let [end, calls, micros] = [0, 0, 0n];
  for (const [start, first] of minutes.entries()) {
    for (let next = minutes[end]; next !== undefined && isWithinHour(first, next); next = minutes[end]) {
      calls += next.calls;
      micros += next.micros;
      end += 1;
    }
    const isBeginning = minutes[start - 1]?.at.getTime() !== first.at.getTime();
    const last = minutes[end - 1];
    if (isBeginning && last !== undefined) hours.push({ from: first.at, to: last.at, calls, micros });
    calls -= first.calls;
    micros -= first.micros;
  }
  return hours;
}

const isWithinHour = (first: SpendPiece, next: SpendPiece): boolean =>
  next.at.getTime() - first.at.getTime() <= HOUR_MS - MINUTE_MS;

const PARTS = ['country', 'type', 'office'] as const;
const keyOf = ({ kind, value }: SpendPart): string => `${kind}:${value}`;
const orderOf = (key: string): number => PARTS.findIndex((kind) => key.startsWith(`${kind}:`));

function partOf(key: string): SpendPart {
  const [kind, value = ''] = key.split(':');
  return kind === 'country' || kind === 'type' ? { kind, value } : { kind: 'office', value: '' };
}

function groupByPart(pieces: readonly SpendPiece[]): Map<string, SpendPiece[]> {
  const groups = new Map<string, SpendPiece[]>();
  for (const piece of pieces) {
    const parts: SpendPart[] = [
      { kind: 'office', value: '' },
      { kind: 'type', value: piece.type },
    ];
    if (piece.country !== '') parts.push({ kind: 'country', value: piece.country });
    for (const key of parts.map(keyOf)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [piece]);
      else group.push(piece);
    }
  }
  return groups;
}

/** Rows of history by clock hour: one hour has a row for each country and type. */
function sumHours(pieces: readonly SpendPiece[]): SpendSum[] {
  const hours = new Map<number, SpendSum>();
  for (const { at, calls, micros } of pieces) {
    const sum = hours.get(at.getTime()) ?? { hourAt: at, calls: 0, micros: 0n };
    hours.set(at.getTime(), { hourAt: at, calls: sum.calls + calls, micros: sum.micros + micros });
  }
  return [...hours.values()];
}
