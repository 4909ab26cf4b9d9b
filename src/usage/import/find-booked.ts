import type { Db } from '../../db/index.ts';

export interface BookedFacts {
  usageAt: Date;
  direction: string;
  durationMs: bigint;
  quantity: number;
  costMicros: bigint;
}

/** What is posted of records now, by `source externalId`. */
export async function findBooked(
  db: Db,
  companyId: bigint,
  keys: readonly { source: string; externalId: string }[],
): Promise<Map<string, BookedFacts>> {
  const rows = await db.usageRecord.findMany({
    where: {
      companyId,
      source: { in: [...new Set(keys.map(({ source }) => source))] },
      externalId: { in: keys.map(({ externalId }) => externalId) },
    },
    orderBy: { revision: 'asc' },
    select: {
      source: true,
      externalId: true,
      usageAt: true,
      direction: true,
      durationMs: true,
      quantity: true,
      costMicros: true,
    },
  });
  // The newest revision comes last, and stays.
  return new Map(rows.map(({ source, externalId, ...facts }) => [`${source} ${externalId}`, facts]));
}
