import type { Tx } from '../db/index.ts';

/** Serialises what must be decided one at a time for a company. Always the first lock of a transaction. */
export async function lockCompany(tx: Tx, companyId: bigint): Promise<void> {
  await tx.$queryRaw`SELECT id FROM company WHERE id = ${companyId} FOR NO KEY UPDATE`;
}
