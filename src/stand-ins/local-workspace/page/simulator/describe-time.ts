import { MINUTE_MS } from '../../../../durations.ts';

/** Words for the clock of the world. Pure. */

/** "PST" and the like, for a moment in a zone. */
export const zoneName = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value ?? zone;

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

/** How far the clock stands ahead of the wall clock: "1 day, 6 hours ahead". */
export function describeAhead(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'real time';
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => plural(count, unit));
  return `${said.slice(0, 2).join(', ')} ahead`;
}
