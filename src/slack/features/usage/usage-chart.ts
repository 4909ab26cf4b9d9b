import type { KnownBlock } from '@slack/types';
import { dayOf, type Period } from '../../../calendar.ts';
import type { UsageBreakdown } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { barChart, inDollars, MAX_CHART_SERIES } from '../../kit/data-blocks.ts';
import { sumOf } from './sum-of.ts';

/** A month beside the month before, week by week; any other period by type. None where there is nothing to draw. */
export function usageChart(usage: UsageBreakdown): KnownBlock[] {
  const { cost, before, parts } = usage;
  if (before !== null && !(cost.isZero() && before.cost.isZero())) return [monthsChart(usage, before)];
  return cost.isZero() || parts.length < 2 ? [] : [kindsChart(usage)];
}

function monthsChart(
  { query: { timeZone, from }, parts }: UsageBreakdown,
  before: NonNullable<UsageBreakdown['before']>,
): KnownBlock {
  const weeks = Math.max(parts.length, before.parts.length);
  // The last week of one month may have more days than the other's.
  const labels = Array.from({ length: weeks }, (_, week) => {
    const days = [parts[week], before.parts[week]].flatMap((part) =>
      part === undefined ? [] : daysOf(part, timeZone),
    );
    return copy.dayRange(Math.min(...days), Math.max(...days));
  });
  const both = [
    { name: copy.monthOf(from, timeZone), costs: parts.map(({ kinds }) => sumOf(kinds)) },
    { name: copy.monthOf(before.from, timeZone), costs: before.parts.map(({ cost }) => cost) },
  ];
  return barChart({
    title: copy.monthsTitle({ from, timeZone }, before),
    labels,
    series: both.map(({ name, costs }) => ({ name, values: costs.map(inDollars) })),
    xLabel: copy.daysAxis,
    yLabel: copy.dollarsAxis,
  });
}

/** The days of the month that a part begins and ends on. */
function daysOf({ from, to }: Period, timeZone: string): [number, number] {
  const day = (at: Date): number => Number(dayOf(at, timeZone).slice(-2));
  return [day(from), day(new Date(to.getTime() - 1))];
}

function kindsChart({ query, kinds, parts }: UsageBreakdown): KnownBlock {
  const dear = kinds.filter((kind) => !kind.cost.isZero());
  const shown = dear.length > MAX_CHART_SERIES ? dear.slice(0, MAX_CHART_SERIES - 1) : dear;
  const rest = dear.slice(shown.length).map(({ category }) => category);
  const values = (categories: readonly string[]): number[] =>
    parts.map((part) => inDollars(sumOf(part.kinds.filter(({ category }) => categories.includes(category)))));
  return barChart({
    title: copy.chartTitle(query),
    labels: parts.map((part) => copy.partOf(part, query.timeZone)),
    series: [
      ...shown.map(({ category }) => ({ name: copy.kindName({ category }), values: values([category]) })),
      ...(rest.length === 0 ? [] : [{ name: copy.otherKinds, values: values(rest) }]),
    ],
    yLabel: copy.dollarsAxis,
  });
}
