import { describe, expect, it } from 'vitest';
import { dayOf, weekdayOf } from '../../../src/calendar.ts';
import { drawMonth, type Month } from '../../traffic/draw-month.ts';
import { FRAUDS } from '../../traffic/parameters.ts';

const SEEDS = Array.from({ length: 2 * Object.keys(FRAUDS).length }, (_, index) => index + 1);
const months = SEEDS.map((seed) => drawMonth(seed, true));
const fraudOf = ({ pieces }: Month) => pieces.filter(({ isFraud }) => isFraud);

describe('months that are drawn for the rule of surprises', () => {
  it('are the same for the same seed', () => {
    expect(drawMonth(7, true)).toEqual(months[6]);
  });

  it('come in the order in which they arrive, never before they happened', () => {
    for (const { pieces } of months.slice(0, 10)) {
      const early = pieces.filter(({ at, arrivesAt }) => arrivesAt <= at);
      const isInOrder = pieces.every((one, index) => one.arrivesAt >= (pieces[index - 1]?.arrivesAt ?? 0));
      expect({ early, isInOrder }).toEqual({ early: [], isInOrder: true });
    }
  });

  it('have one fraud each, of every kind in turn, within the measured days', () => {
    expect(new Set(months.map(({ fraud }) => fraud))).toEqual(new Set(Object.keys(FRAUDS)));
    for (const month of months) {
      const times = fraudOf(month).map(({ at }) => at);
      expect(times.length).toBeGreaterThan(5);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(month.measuredFrom);
      expect(new Set(fraudOf(month).map(({ type }) => type))).toEqual(
        new Set([month.fraud === null ? null : FRAUDS[month.fraud].type]),
      );
    }
  });

  it('have no fraud where none is asked for', () => {
    expect(fraudOf(drawMonth(7, false))).toEqual([]);
  });

  it('begin a hacked weekend at a weekend of the office', () => {
    for (const month of months.filter(({ fraud }) => fraud === 'pbx-weekend')) {
      const first = new Date(Math.min(...fraudOf(month).map(({ at }) => at)));
      expect(weekdayOf(dayOf(first, month.timeZone))).toBeGreaterThan(5);
    }
  });
});
