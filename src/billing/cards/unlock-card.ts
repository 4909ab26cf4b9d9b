import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockCompany } from '../../org/index.ts';
import { keyOf } from './claim-card.ts';
import { auditCard } from './notify-card.ts';

/**
 * The operator opens a locked card again and vouches for it: it is usable, but not the default until an admin says so.
 * Throws RefillError `card-unknown`.
 */
export async function unlockCard(
  deps: { db: Db; clock: Clock },
  key: { companyId: bigint; last4: string },
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, key.companyId);
    const card = await tx.card.findFirst({
      where: { companyId: key.companyId, last4: key.last4, removedAt: null, lockedAt: { not: null } },
      orderBy: { id: 'desc' },
    });
    if (card === null)
      throw new RefillError(
        'card-unknown',
        `Company ${key.companyId} has no locked card that ends in ${key.last4}.`,
      );
    await tx.card.update({ where: keyOf(card), data: { lockedAt: null, confirmedAt: at, passedAt: at } });
    await auditCard(tx, card, 'card-unlocked', { actor: 'operator', surface: 'operator', at });
  });
}
