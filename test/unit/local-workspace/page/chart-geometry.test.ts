import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readChart } from '../../../../src/stand-ins/local-workspace/page/charts/chart-data.ts';
import {
  areaPath,
  groupedBars,
  labelEvery,
  linePoints,
  niceTicks,
  ringSlices,
  shortNumber,
  yOf,
} from '../../../../src/stand-ins/local-workspace/page/charts/geometry.ts';

const box = { left: 40, top: 10, width: 400, height: 200 };

describe('ticks', () => {
  test.each<[number[], number[]]>([
    [
      [40, 62, 91],
      [0, 25, 50, 75, 100],
    ],
    [
      [0.004, 0.018],
      [0, 0.005, 0.01, 0.015, 0.02],
    ],
    [
      [-3, 5],
      [-4, -2, 0, 2, 4, 6],
    ],
    [
      [0, 0],
      [0, 0.25, 0.5, 0.75, 1],
    ],
    [[], [0, 0.25, 0.5, 0.75, 1]],
  ])('of %j', (values, ticks) => {
    expect(niceTicks(values)).toEqual(ticks);
  });

  test('always cover zero and every value, in a handful of even steps', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const ticks = niceTicks(values.map((each) => Math.round(each * 100) / 100));
        const low = ticks[0] ?? Number.NaN;
        const high = ticks.at(-1) ?? Number.NaN;
        // A value may stick out by its rounding, and by a part of the axis that nobody can see.
        const unseen = 0.01 + 1e-8 * (Math.max(0, ...values) - Math.min(0, ...values));
        expect(low).toBeLessThanOrEqual(Math.min(0, ...values) + unseen);
        expect(high).toBeGreaterThanOrEqual(Math.max(0, ...values) - unseen);
        expect(ticks).toContain(0);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
    );
  });
});

test('points lie in the middle of their band, high values above low ones', () => {
  const [first, second] = linePoints([0, 100], [0, 50, 100], box);
  expect(first).toEqual({ x: 140, y: 210 });
  expect(second).toEqual({ x: 340, y: 10 });
});

test('an area is closed along zero', () => {
  expect(
    areaPath(
      [
        { x: 0, y: 5 },
        { x: 10, y: 0 },
      ],
      20,
    ),
  ).toBe('M0 5L10 0L10 20L0 20Z');
  expect(areaPath([], 20)).toBe('');
});

test('bars of one category stand side by side within its band; negative ones hang from zero', () => {
  const ticks = [-10, 0, 10];
  const bars = groupedBars(
    [
      [10, -10],
      [5, 0],
    ],
    ticks,
    box,
  );
  const zero = yOf(0, ticks, box);
  expect(bars).toHaveLength(4);
  const [high, low] = bars;
  expect(high && high.top + high.height).toBe(zero);
  expect(low?.top).toBe(zero);
  for (const bar of bars) {
    const bandLeft = box.left + (bar.category * box.width) / 2;
    expect(bar.left).toBeGreaterThanOrEqual(bandLeft);
    expect(bar.left + bar.width).toBeLessThanOrEqual(bandLeft + box.width / 2);
  }
});

test('slices are shares of the whole; a single one is a drawable ring', () => {
  const slices = ringSlices([1, 1, 2], { x: 0, y: 0 }, 10, 5);
  expect(slices.map((slice) => slice.share)).toEqual([0.25, 0.25, 0.5]);
  expect(slices[0]?.path).toBe('M0 -10A10 10 0 0 1 10 0L5 0A5 5 0 0 0 0 -5Z');
  const [whole] = ringSlices([7], { x: 0, y: 0 }, 10, 5);
  expect(whole?.path).toMatch(/^M0 -10A10 10 0 1 1 -0 -10L|^M0 -10A10 10 0 1 1 0 -10L/);
});

test('labels are thinned where they would touch', () => {
  expect(labelEvery(12, 600, 50)).toBe(1);
  expect(labelEvery(12, 300, 50)).toBe(2);
});

test('numbers on axes are short', () => {
  expect([0.0125, 7.5, 1250, 12_500, 3_400_000].map(shortNumber)).toEqual([
    '0.01',
    '7.5',
    '1,250',
    '12.5K',
    '3.4M',
  ]);
});

describe('reading a chart', () => {
  test('values are put in the order of the categories', () => {
    const chart = readChart({
      type: 'line',
      series: [
        {
          name: 'a',
          data: [
            { label: 'y', value: 2 },
            { label: 'x', value: 1 },
          ],
        },
      ],
      axis_config: { categories: ['x', 'y'] },
    });
    expect(chart).toEqual({
      kind: 'line',
      categories: ['x', 'y'],
      series: [{ name: 'a', values: [1, 2] }],
      xLabel: '',
      yLabel: '',
    });
  });

  test('an unknown kind is not guessed at', () => {
    expect(readChart({ type: 'radar' })).toBeUndefined();
    expect(readChart(undefined)).toBeUndefined();
  });
});
