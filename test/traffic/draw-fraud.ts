import { dayOf, weekdayOf } from '../../src/calendar.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/durations.ts';
import type { Draw } from '../proofs/decks/draw.ts';
import type { Piece } from './draw-month.ts';
import { arrivalOf, atHour, wholeWithin, within, withinLog } from './draw-times.ts';
import { type FraudParameters, MEASURED_DAYS } from './parameters.ts';

/** A fraud ends at the latest where its bill is this large; nobody lets one go on for the sake of measuring. */
const MAX_PIECES = 4_000;

/** The calls or texts of one fraud within the measured days: so many lines, each with one call after the other. */
export function drawFraud(
  draw: Draw,
  fraud: FraudParameters,
  { measuredFrom, timeZone }: { measuredFrom: number; timeZone: string },
): Piece[] {
  const begins = drawBeginning(draw, fraud, measuredFrom, timeZone);
  const ends = begins + within(draw, fraud.lasts) * HOUR_MS;
  const countries = draw.shuffled(fraud.from).slice(0, wholeWithin(draw, fraud.countries));
  const lines = Math.max(1, Math.round(withinLog(draw, fraud.lines)));
  const price = withinLog(draw, fraud.price);
  const isPieces = fraud.minutes[1] === 0;
  const pieces: Piece[] = [];
  // Lines begin one after the other, within some minutes.
  const next = Array.from({ length: lines }, () => begins + within(draw, [0, 10]) * MINUTE_MS);
  for (let line = 0; pieces.length < MAX_PIECES; line = (line + 1) % lines) {
    const at = next[line] ?? ends;
    if (at >= ends) {
      if (next.every((free) => free >= ends)) break;
      continue;
    }
    const minutes = isPieces ? 0 : withinLog(draw, fraud.minutes);
    pieces.push({
      at,
      arrivesAt: arrivalOf(draw, at, minutes * MINUTE_MS),
      country: draw.pick(countries),
      type: fraud.type,
      micros: Math.round(price * Math.max(1, Math.ceil(minutes)) * 1_000_000),
      isFraud: true,
    });
    // A line rests for a moment between two calls; of texts each line is one a minute.
    next[line] = at + (isPieces ? MINUTE_MS : minutes * MINUTE_MS + within(draw, [0.1, 2]) * MINUTE_MS);
  }
  return pieces;
}

/** When it begins: after the history, early enough to be over within the measured days. */
function drawBeginning(draw: Draw, fraud: FraudParameters, measuredFrom: number, timeZone: string): number {
  const isWeekend = draw.isTrue(fraud.weekend);
  for (;;) {
    const days = 1 + draw.below(MEASURED_DAYS - 5);
    const isFree = weekdayOf(dayOf(new Date(measuredFrom + days * DAY_MS), timeZone)) > 5;
    if (isFree === isWeekend)
      return atHour(measuredFrom, days, draw.pick(fraud.hours) + within(draw, [0, 1]), timeZone);
  }
}
