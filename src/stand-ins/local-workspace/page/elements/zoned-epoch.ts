/**
 * The moment that a wall clock in a zone shows. Worked out here, as the page would carry a library of time zones for one
 * field otherwise.
 * @param local `2026-11-24T14:30`
 * @returns seconds since 1970, or null when the text is no such time
 */
export function zonedEpoch(local: string, zone: string): number | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) ? Date.parse(`${local}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return null;
  const offsetMs = (at: number): number => {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }).formatToParts(at);
    const get = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
    return (
      Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second')) - at
    );
  };
  // Twice, because the offset at the guessed moment may be that of the other side of a clock change.
  const guess = asUtc - offsetMs(asUtc);
  return Math.round((asUtc - offsetMs(guess)) / 1000);
}
