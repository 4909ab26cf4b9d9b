import type { Tx } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';

/** Links to the card page are good for nothing once their company has left its workspace or is closed. Under the company's lock. */
export async function expireCardLinks(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<Record<string, never>> {
  await tx.cardLink.updateMany({
    where: { companyId: company.id, completedAt: null, expiresAt: { gt: at } },
    data: { expiresAt: at },
  });
  return {};
}
