/** How long credits last at the rate of late, played forward a day at a time (R24). Pure. */

import { Decimal } from 'decimal.js';
import { type BillingCalendar, type BillingPeriod, endOfBillingPeriod } from '../../calendar.ts';
import { DAY_MS } from '../../durations.ts';
import type { UsageClass } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';

/** What is left of a bundle, and what comes in its place when it is over. */
export interface RunningBundle {
  remaining: Money;
  expiresAt: Date;
  /** Null: nothing follows it. */
  renewal: { credit: Money; period: BillingPeriod } | null;
}

/** What is used of one class by those who draw the same bundles, and then general credits (R4). */
export interface Stream {
  class: UsageClass;
  perDay: Money;
  /** In the order in which they are drawn. One may stand in several streams. */
  bundles: readonly RunningBundle[];
}

export interface Forecast {
  now: Date;
  calendar: BillingCalendar;
  /** General credits, less debt and what is held of them. */
  general: Money;
  streams: readonly Stream[];
  /** Auto-recharge where it is on and nothing keeps it from firing; `room`: what the monthly cap leaves. */
  recharge: { threshold: Money; amount: Money; room: Money } | null;
}

export type Runway =
  /** Until nothing is left for the class. */
  | { kind: 'lasts'; days: number; until: Date }
  /** Longer than anybody should foretell. */
  | { kind: 'long' }
  | { kind: 'recharges'; amount: Money; days: number; at: Date; everyDays: number };

const HORIZON_DAYS = 92;
const ZERO = dollars('0');

/**
 * When credits run out, or auto-recharge next fires, if every day costs as much as of late. Bundles that renew are
 * credited again when their time is over. Of one class: what the other uses of general credits is used all the same. Null
 * where nothing of the class is used, and where nothing is left for it: the balance says that.
 */
export function forecastRunway(forecast: Forecast, of: UsageClass): Runway | null {
  if (forecast.streams.every((stream) => stream.class !== of || stream.perDay.isZero())) return null;
  let { general } = forecast;
  const bundles = new Map<RunningBundle, RunningBundle>();
  for (const bundle of forecast.streams.flatMap((stream) => stream.bundles))
    bundles.set(bundle, { ...bundle });
  for (let day = 0; day < HORIZON_DAYS; day += 1) {
    const starts = new Date(forecast.now.getTime() + day * DAY_MS);
    for (const bundle of bundles.values()) turnOver(bundle, starts, forecast.calendar);
    const needs = forecast.streams.map((stream) => ({ class: stream.class, rest: draw(stream, bundles) }));
    const need = needs.reduce((sum, { rest }) => sum.plus(rest), ZERO);
    const end = endOn(day, general, need, forecast);
    if (end !== null) {
      const at = new Date(forecast.now.getTime() + end.days * DAY_MS);
      if (end.recharges !== null)
        return {
          kind: 'recharges',
          amount: end.recharges.amount,
          everyDays: end.everyDays,
          days: end.days,
          at,
        };
      if (needs.some((one) => one.class === of && one.rest.greaterThan(0)))
        return end.days === 0 ? null : { kind: 'lasts', days: end.days, until: at };
      // It is the other class that general credits end for; the bundles of this one go on.
    }
    general = Decimal.max(general.minus(need), Decimal.min(general, ZERO));
  }
  return { kind: 'long' };
}

/** A bundle whose time is over lapses, and begins anew where it renews. */
function turnOver(bundle: RunningBundle, now: Date, calendar: BillingCalendar): void {
  if (bundle.expiresAt > now) return;
  if (bundle.renewal === null) {
    bundle.remaining = ZERO;
    return;
  }
  bundle.remaining = bundle.renewal.credit;
  bundle.expiresAt = endOfBillingPeriod(calendar, bundle.expiresAt, bundle.renewal.period);
}

/** Draws a day's usage from its bundles; what is beyond them is for general credits. */
function draw(stream: Stream, bundles: ReadonlyMap<RunningBundle, RunningBundle>): Money {
  let rest = stream.perDay;
  for (const key of stream.bundles) {
    const bundle = bundles.get(key);
    if (bundle === undefined) continue;
    const drawn = Decimal.min(rest, bundle.remaining);
    bundle.remaining = bundle.remaining.minus(drawn);
    rest = rest.minus(drawn);
  }
  return rest;
}

/** Whether a day that needs so much takes the general credits below what they may fall to, and how many days from now. */
function endOn(
  day: number,
  general: Money,
  need: Money,
  { recharge }: Forecast,
): { days: number; everyDays: number; recharges: Forecast['recharge'] } | null {
  if (need.isZero()) return null;
  const recharges = recharge?.room.greaterThanOrEqualTo(recharge.amount) === true ? recharge : null;
  const floor = recharges?.threshold ?? ZERO;
  if (general.minus(need).greaterThanOrEqualTo(floor)) return null;
  const part = Decimal.max(general.minus(floor), 0).dividedBy(need).toNumber();
  const everyDays = recharges === null ? 0 : recharges.amount.dividedBy(need).toNumber();
  return { days: day + part, everyDays, recharges };
}
