/** Whether a key or an address is good, until when, and when it was used last: `good until …  last used …`. */
export function describeLife(
  of: { revokedAt: Date | null; expiresAt: Date | null; lastUsedAt: Date | null },
  now: Date,
): string {
  const { revokedAt, expiresAt, lastUsedAt } = of;
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
  if (revokedAt !== null) return `revoked ${revokedAt.toISOString()}  ${used}`;
  if (expiresAt === null) return `good  ${used}`;
  return `${expiresAt <= now ? 'expired' : 'good until'} ${expiresAt.toISOString()}  ${used}`;
}
