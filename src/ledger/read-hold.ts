import type { Queryable } from '../db/index.ts';

/** How a hold stands: `open` while it keeps something back; null where no hold of the key is known. */
export async function readHoldState(
  db: Queryable,
  companyId: bigint,
  key: string,
): Promise<'open' | 'settled' | 'released' | 'expired' | null> {
  const row = await db.hold.findUnique({ where: { companyId_key: { companyId, key } } });
  switch (row?.state) {
    case 'open':
    case 'settled':
    case 'released':
    case 'expired':
      return row.state;
    default:
      return null;
  }
}
