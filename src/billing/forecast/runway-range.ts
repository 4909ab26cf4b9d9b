/** Between which figures a forecast of days probably comes true (R24). Pure. */

import type { UsageClass } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { type Forecast, forecastRunway, type Runway } from './forecast-runway.ts';

/** Eight of ten outcomes of a normal distribution stand within so many deviations of its middle. */
const DEVIATIONS = 1.28;
/** However unsteady the usage, so much of its rate is certain. */
const MIN_CERTAIN = 0.1;

/** Days until credits run out; `high` null: longer than is forecast. */
export interface RunwayRange {
  low: number;
  high: number | null;
}

/**
 * The range that eight of ten outcomes fall into, if days go on costing as unevenly as `dailyCosts` (days without
 * usage as zeros). Both the average of these days and the sum of the days to come are uncertain. Null for what is no
 * number of days. Applies R24.3.
 */
export function rangeOf(
  forecast: Forecast,
  { runway, of }: { runway: Runway; of: UsageClass },
  dailyCosts: readonly Money[],
): RunwayRange | null {
  if (runway.kind !== 'lasts') return null;
  const margin = marginOf(dailyCosts.map(Number), Math.max(1, runway.days));
  const faster = forecastRunway(atRate(forecast, 1 + margin), of);
  const slower = forecastRunway(atRate(forecast, Math.max(MIN_CERTAIN, 1 - margin)), of);
  return {
    low: faster?.kind === 'lasts' ? Math.min(faster.days, runway.days) : 0,
    high: slower?.kind === 'lasts' ? Math.max(slower.days, runway.days) : null,
  };
}

/** How far, as a part of the average, the average of the days to come may be from that of these days. */
function marginOf(costs: readonly number[], daysToCome: number): number {
  const average = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  if (average <= 0 || costs.length < 2) return 0;
  const squares = costs.reduce((sum, cost) => sum + (cost - average) ** 2, 0);
  const deviation = Math.sqrt(squares / (costs.length - 1));
  return DEVIATIONS * (deviation / average) * Math.sqrt(1 / daysToCome + 1 / costs.length);
}

function atRate(forecast: Forecast, factor: number): Forecast {
  const streams = forecast.streams.map((stream) => ({ ...stream, perDay: stream.perDay.times(factor) }));
  return { ...forecast, streams };
}
