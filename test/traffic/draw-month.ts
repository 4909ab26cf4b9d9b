import { addDays, weekdayOf } from '../../src/calendar.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/durations.ts';
import { type Draw, drawOf } from '../proofs/decks/draw.ts';
import { drawFraud } from './draw-fraud.ts';
import { arrivalOf, startOf, wholeWithin, within, withinLog } from './draw-times.ts';
import {
  FRAUDS,
  type FraudKind,
  HISTORY_DAYS,
  LIFE,
  MEASURED_DAYS,
  OFFICES,
  ORDINARY_COUNTRIES,
  SHAPES,
  TYPES,
  ZONES,
} from './parameters.ts';

/** One call or message. */
export interface Piece {
  /** Usage time, in milliseconds. */
  at: number;
  arrivesAt: number;
  country: string;
  type: string;
  /** In micro-dollars. */
  micros: number;
  isFraud: boolean;
}

export interface Month {
  seed: number;
  size: keyof typeof OFFICES;
  timeZone: string;
  /** The first measured moment; what is before it is history. */
  measuredFrom: number;
  fraud: FraudKind | null;
  /** By arrival. */
  pieces: Piece[];
}

const SIZES = ['small', 'small', 'medium', 'medium', 'large'] as const;
const FIRST_DAYS_FROM = '2025-01-01';

/** A month of one office, with its history before it; with one fraud in it, or none. The same for the same seed. */
export function drawMonth(seed: number, withFraud: boolean): Month {
  const draw = drawOf(seed);
  const timeZone = draw.pick(ZONES);
  const size = draw.pick(SIZES);
  const office = drawOffice(draw, size);
  const firstDay = addDays(FIRST_DAYS_FROM, draw.below(600));
  const days = drawDays(draw, firstDay, office);
  const pieces = days.flatMap((day) => drawDay(draw, day, office, timeZone));
  const measuredFrom = startOf(addDays(firstDay, HISTORY_DAYS), timeZone);
  const fraud = withFraud ? draw.pick(Object.keys(FRAUDS) as FraudKind[]) : null;
  if (fraud !== null) pieces.push(...drawFraud(draw, FRAUDS[fraud], { measuredFrom, timeZone }));
  pieces.sort((a, b) => a.arrivesAt - b.arrivesAt);
  return { seed, size, timeZone, measuredFrom, fraud, pieces };
}

interface Habit {
  type: keyof typeof TYPES;
  share: number;
  /** What a minute or piece costs, by country. */
  prices: Map<string, number>;
}

interface Office {
  perDay: number;
  shape: (typeof SHAPES)[keyof typeof SHAPES];
  habits: Habit[];
  growth: number;
  campaigns: { weekday: number; everyWeeks: number; hour: number; texts: number } | null;
  newCountry: number;
  project: { fromDay: number; country: string; calls: number; price: number } | null;
}

function drawOffice(draw: Draw, size: keyof typeof OFFICES): Office {
  const { perDay, countries, campaigns, campaignTexts, newCountry } = OFFICES[size];
  const called = draw.shuffled(ORDINARY_COUNTRIES).slice(0, wholeWithin(draw, countries));
  const habits = Object.entries(TYPES).map(([type, { share, price }]): Habit => {
    const isAbroad = type === 'international';
    const prices = (isAbroad ? called : ['US']).map((country) => [country, withinLog(draw, price)] as const);
    return { type: type as keyof typeof TYPES, share: within(draw, share), prices: new Map(prices) };
  });
  const monthly = wholeWithin(draw, campaigns);
  const isProject = draw.isTrue(LIFE.project);
  return {
    perDay: withinLog(draw, perDay),
    shape: draw.pick(Object.values(SHAPES)),
    habits,
    growth: within(draw, LIFE.growth),
    campaigns:
      monthly === 0
        ? null
        : {
            weekday: 1 + draw.below(5),
            everyWeeks: Math.max(1, Math.round(4 / monthly)),
            hour: 9 + draw.below(8),
            texts: withinLog(draw, campaignTexts),
          },
    newCountry,
    project: isProject
      ? {
          fromDay: HISTORY_DAYS + draw.below(MEASURED_DAYS),
          country: draw.pick(ORDINARY_COUNTRIES),
          calls: wholeWithin(draw, LIFE.projectCalls),
          price: withinLog(draw, TYPES.international.price),
        }
      : null,
  };
}

interface Day {
  number: number;
  day: string;
  isWorkday: boolean;
  /** How much there is to do against an ordinary day of its kind. */
  busy: number;
}

function drawDays(draw: Draw, firstDay: string, office: Office): Day[] {
  const count = HISTORY_DAYS + MEASURED_DAYS;
  const holidays = new Set(Array.from({ length: wholeWithin(draw, LIFE.holidays) }, () => draw.below(count)));
  const monthEnd = within(draw, LIFE.monthEnd);
  return Array.from({ length: count }, (_, number) => {
    const day = addDays(firstDay, number);
    const isEnd = addDays(day, 3).slice(0, 7) !== day.slice(0, 7);
    const growth = 1 + (office.growth * (number - HISTORY_DAYS)) / MEASURED_DAYS;
    const after = holidays.has(number - 1) ? within(draw, LIFE.afterHoliday) : 1;
    return {
      number,
      day,
      isWorkday: weekdayOf(day) <= 5 && !holidays.has(number),
      busy: growth * within(draw, LIFE.day) * (isEnd ? monthEnd : 1) * after,
    };
  });
}

/** The whole number next to an expected one, so that the sum over many is as expected. */
const countOf = (draw: Draw, expected: number): number =>
  Math.floor(expected) + (draw.isTrue(expected % 1) ? 1 : 0);

function drawDay(draw: Draw, day: Day, office: Office, timeZone: string): Piece[] {
  const midnight = startOf(day.day, timeZone);
  const { hours, weekend } = office.shape;
  const weight = hours.reduce<number>((sum, one) => sum + one, 0);
  const expected = office.perDay * day.busy * (day.isWorkday ? 1 : weekend);
  const total = office.habits.reduce((sum, { share }) => sum + share, 0);
  const pieces: Piece[] = [];
  for (const [hour, hourly] of hours.entries())
    for (const { type, share, prices } of office.habits) {
      const count = countOf(draw, (expected * hourly * share * within(draw, [0.6, 1.4])) / weight / total);
      const countries = [...prices];
      for (let index = 0; index < count; index += 1) {
        const [country, price] = draw.pick(countries);
        const at = midnight + (hour + within(draw, [0, 1])) * HOUR_MS;
        pieces.push(pieceOf(draw, { at, country, type, price }));
      }
    }
  return [...pieces, ...drawExtras(draw, day, office, midnight)];
}

function pieceOf(
  draw: Draw,
  { at, country, type, price }: { at: number; country: string; type: keyof typeof TYPES; price: number },
): Piece {
  const minutes = withinLog(draw, TYPES[type].minutes);
  return {
    at,
    arrivesAt: arrivalOf(draw, at, minutes * MINUTE_MS),
    country,
    type,
    micros: Math.round(price * Math.max(1, Math.ceil(minutes)) * 1_000_000),
    isFraud: false,
  };
}

/** What is not every day's: a campaign, a country for the first time, a project. */
function drawExtras(draw: Draw, day: Day, office: Office, midnight: number): Piece[] {
  const pieces: Piece[] = [];
  const { campaigns, project } = office;
  const isCampaign =
    campaigns !== null &&
    weekdayOf(day.day) === campaigns.weekday &&
    Math.floor(day.number / 7) % campaigns.everyWeeks === 0;
  if (isCampaign) {
    const price = office.habits.find(({ type }) => type === 'sms')?.prices.get('US') ?? 0;
    const count = Math.round(campaigns.texts * within(draw, LIFE.campaign));
    for (let index = 0; index < count; index += 1) {
      const at = midnight + (campaigns.hour + within(draw, [0, 1])) * HOUR_MS;
      pieces.push(pieceOf(draw, { at, country: 'US', type: 'sms', price }));
    }
  }
  const abroad = (country: string, count: number, price: number, from: number, hours: number): void => {
    for (let index = 0; index < count; index += 1) {
      const at = midnight + (from + within(draw, [0, hours])) * HOUR_MS;
      pieces.push(pieceOf(draw, { at, country, type: 'international', price }));
    }
  };
  const isLate = draw.isTrue(LIFE.newCountryLate);
  if ((day.isWorkday || isLate) && draw.isTrue(office.newCountry))
    abroad(
      draw.pick(ORDINARY_COUNTRIES),
      wholeWithin(draw, LIFE.newCountryCalls),
      withinLog(draw, TYPES.international.price),
      isLate ? 19 : 9,
      isLate ? 3 : 8,
    );
  if (project !== null && day.number >= project.fromDay && day.isWorkday)
    abroad(project.country, project.calls, project.price, 9, 8);
  return pieces;
}
