import { z } from 'zod';
import { HOUR_MS } from '../../../src/durations.ts';
import { findSurprises } from '../../../src/usage/surprises/find-surprises.ts';
import { judgeHour } from '../../../src/usage/surprises/judge-hour.ts';
import { drawMonth, type Month } from '../../traffic/draw-month.ts';
import { defineProof, wholeNumber } from '../proof.ts';
import type { ProofServer } from '../proof-server.ts';
import { HISTORY_DAYS, readDemoMonths } from './read-demo-months.ts';
import { type Rule, replayMonth, type Told } from './replay-month.ts';

const MIN_RECALL = 0.95;
const MIN_PRECISION = 0.9;
const MAX_FALSE_A_QUARTER = 1;
const MONTHS_A_QUARTER = 3;
const DAYS_A_QUARTER = 91;
/** So many months are measured; fewer show that it is not broken, and no more. */
const WHOLE = 100;
const SHORT = 0.5;
/** A fraud is noticed in time within an hour of its first record, or before it cost so much. */
const IN_TIME_MS = HOUR_MS;
const IN_TIME_MICROS = 100_000_000;

/** Mistakes of the rule. */
const SABOTAGES: Readonly<Record<string, Rule>> = {
  'never-alarm': { judge: () => null, find: () => [] },
  'forget-history': rule((hour, history, place) => judgeHour(hour, { ...history, hours: [] }, place)),
};

function rule(judge: Rule['judge']): Rule {
  return { judge, find: (office) => findSurprises(office, judge) };
}

export const surprisesProof = defineProof({
  claim: 'toll fraud is noticed within an hour or $100, and ordinary months are left alone',
  options: z.object({
    months: wholeNumber(100),
    /** The first month; the others follow. */
    seed: wholeNumber(1, { min: 0 }),
    /** Quarters of the try-out's company, which are ordinary too. */
    quarters: wholeNumber(2, { min: 0 }),
  }),
  sabotages: Object.keys(SABOTAGES),
  sabotageOptions: { months: 20, quarters: 0 },
  share: (seed) => [{ options: { months: 3, quarters: 0, seed: 1_000 * (1 + (seed % 1_000)) } }],
  async play({ months, seed, quarters }, { server, sabotage, onProgress }) {
    const played = (sabotage === undefined ? undefined : SABOTAGES[sabotage]) ?? rule(judgeHour);
    const found = measure(months, seed, played, onProgress);
    const demo = quarters === 0 ? [] : await measureDemo(server, quarters, played);
    const isShort = months < WHOLE;
    const isMissed =
      found.recall < (isShort ? SHORT : MIN_RECALL) ||
      found.precision < (isShort ? SHORT : MIN_PRECISION) ||
      found.falseAQuarter > MAX_FALSE_A_QUARTER * (isShort ? 3 : 1) ||
      demo.some((falseAlarms) => falseAlarms > MAX_FALSE_A_QUARTER * quarters);
    const figures = { ...found.figures, quarters, falseInDemo: demo.join(' and ') };
    return { verdict: isMissed ? 'broken' : 'holds', figures, details: found.details };
  },
});

/** How often each office of the try-out's company is told something in so many quarters. */
async function measureDemo(server: ProofServer, quarters: number, played: Rule): Promise<number[]> {
  const months = await readDemoMonths(server, HISTORY_DAYS + quarters * DAYS_A_QUARTER);
  return months.map((month) => replayMonth(month, played).length);
}

interface Measured {
  recall: number;
  precision: number;
  falseAQuarter: number;
  figures: Record<string, unknown>;
  details: string[];
}

function measure(months: number, seed: number, played: Rule, onProgress: (line: string) => void): Measured {
  let [noticed, inTime, wrong, wrongInOrdinary] = [0, 0, 0, 0];
  const byKind = new Map<string, { all: number; inTime: number }>();
  const details: string[] = [];
  for (let index = 0; index < months; index += 1) {
    const month = drawMonth(seed + index, true);
    const told = replayMonth(month, played);
    const judged = judgeMonth(month, told);
    const kind = byKind.get(month.fraud ?? '') ?? { all: 0, inTime: 0 };
    byKind.set(month.fraud ?? '', { all: kind.all + 1, inTime: kind.inTime + (judged.isInTime ? 1 : 0) });
    if (judged.isNoticed) noticed += 1;
    if (judged.isInTime) inTime += 1;
    else details.push(`seed ${month.seed}: ${month.fraud} (${month.size}) ${judged.how}`);
    wrong += judged.wrong.length;
    for (const one of judged.wrong) details.push(`seed ${month.seed}: ${describeWrong(month, one)}`);
    const ordinary = drawMonth(seed + index, false);
    const idle = replayMonth(ordinary, played);
    wrongInOrdinary += idle.length;
    if ((index + 1) % 20 === 0) onProgress(`${index + 1} months`);
  }
  const recall = inTime / months;
  const precision = noticed + wrong === 0 ? 0 : noticed / (noticed + wrong);
  const falseAQuarter = (wrongInOrdinary / months) * MONTHS_A_QUARTER;
  const kinds = [...byKind]
    .toSorted()
    .map(([name, { all, inTime: of }]) => [name, `${of} of ${all} in time`]);
  return {
    recall,
    precision,
    falseAQuarter,
    figures: {
      months,
      seed,
      recall: recall.toFixed(3),
      precision: precision.toFixed(3),
      falseAQuarter: falseAQuarter.toFixed(2),
      ...Object.fromEntries(kinds),
    },
    details,
  };
}

interface Judged {
  isNoticed: boolean;
  isInTime: boolean;
  how: string;
  wrong: Told[];
}

/** What of the told is the fraud's, as at least half of what was unusual was; and whether it was told in time. */
function judgeMonth(month: Month, told: readonly Told[]): Judged {
  const fraud = month.pieces.filter(({ isFraud }) => isFraud);
  const isOfFraud = (one: Told): boolean => {
    const micros = fraud
      .filter(({ at, country, type }) => {
        const isInHour = at >= one.from.getTime() && at < one.to.getTime() + 60_000;
        const value = one.part.kind === 'country' ? country : one.part.kind === 'type' ? type : '';
        return isInHour && value === one.part.value;
      })
      .reduce((sum, piece) => sum + piece.micros, 0);
    return micros * 2 >= Number(one.micros);
  };
  const right = told.filter(isOfFraud);
  const toldAt = Math.min(...right.map((one) => one.toldAt));
  const firstAt = Math.min(...fraud.map(({ arrivesAt }) => arrivesAt));
  const spent = fraud
    .filter(({ arrivesAt }) => arrivesAt < toldAt)
    .reduce((sum, { micros }) => sum + micros, 0);
  const all = fraud.reduce((sum, { micros }) => sum + micros, 0);
  const isNoticed = right.length > 0;
  const isInTime = isNoticed && (toldAt - firstAt <= IN_TIME_MS || spent <= IN_TIME_MICROS);
  const after = isNoticed ? `told after ${((toldAt - firstAt) / 60_000).toFixed(0)} min` : 'never told';
  return {
    isNoticed,
    isInTime,
    how: `${after}, $${(spent / 1e6).toFixed(0)} of $${(all / 1e6).toFixed(0)}`,
    wrong: told.filter((one) => !isOfFraud(one)),
  };
}

function describeWrong({ size }: Month, { part, micros, usualMicros, rule: by, from }: Told): string {
  const usual = usualMicros === null ? '' : `, usually ${(Number(usualMicros) / 1e6).toFixed(2)}`;
  return `false (${size}): ${part.kind} ${part.value} ${(Number(micros) / 1e6).toFixed(2)}${usual}, ${by}, ${from.toISOString()}`;
}
