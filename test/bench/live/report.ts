import { type Figure, quantile } from '../figures.ts';
import type { AppProcess } from './start-app.ts';
import type { PostedUsage } from './usage-process.ts';

const MAX_SHOWN = 3;

/** How many errors the app logged; the first of them go to standard error. */
export function errorsOf(app: AppProcess): Figure {
  const errors = app.readErrors();
  for (const error of errors.slice(0, MAX_SHOWN)) process.stderr.write(`${error}\n`);
  return { id: 'errors', value: errors.length, target: '<= 0', absolute: 'in the log of the app' };
}

/** Quantiles of milliseconds, as a report shows them. */
export function showQuantiles(tookMs: readonly number[], shares: readonly number[]): string {
  const names = shares.map((share) => `p${Number((share * 100).toFixed(1))}`);
  const figures = shares.map((share) => quantile(tookMs, share).toFixed(1));
  return `${names.join(' / ')} ${figures.join(' / ')} ms of ${tookMs.length}`;
}

/** What usage was posted meanwhile. */
export function showUsage({ perSecond, p99Ms, refused }: PostedUsage): string {
  const failed = refused === 0 ? '' : `, ${refused} requests refused`;
  return `beside ${perSecond.toFixed(0)} usages/s (p99 ${p99Ms.toFixed(0)} ms${failed})`;
}
