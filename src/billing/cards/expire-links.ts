import { Prisma, type Tx } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';
import type { Cleanup } from '../../queue/index.ts';

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

/** Visits to the card page that are over; whose the card is stands with the card. */
export const oldCardLinks: Cleanup = {
  table: 'card_link',
  keptDays: 90,
  isOver: (before) =>
    Prisma.sql`t.expires_at < ${before} AND coalesce(t.completed_at, t.expires_at) < ${before}`,
};
