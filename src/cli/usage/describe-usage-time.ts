/** When the phones were used, to the minute; usage that cannot be read has no time. */
export function describeUsageTime(at: Date | null): string {
  return at === null ? 'no time' : `${at.toISOString().slice(0, 16)}Z`;
}
