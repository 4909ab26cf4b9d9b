import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, type Money } from '../../money.ts';
import { findCompany, listOffices } from '../../org/index.ts';
import { lockCompany } from '../order-rows.ts';
import { startSubscription } from './start-subscription.ts';

/**
 * General credits of so much every billing period from now on, charged or free (R17): for the pool where credits are
 * shared, else for the primary office. Throws RefillError `company-unknown`.
 */
export async function addRecurring(
  deps: { db: Db; clock: Clock },
  funds: { companyId: bigint; amount: Money; isCharged: boolean },
): Promise<void> {
  const { companyId, amount } = funds;
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await findCompany(tx, companyId);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    const primary = (await listOffices(tx, companyId)).find(({ isPrimary }) => isPrimary);
    await startSubscription(tx, {
      companyId,
      token: randomBytes(18).toString('base64url'),
      officeId: company.pooled ? null : (primary?.id ?? null),
      bundleId: null,
      credit: amount,
      price: funds.isCharged ? amount : dollars('0'),
      actor: 'operator',
      at: deps.clock.now(),
    });
  });
}
