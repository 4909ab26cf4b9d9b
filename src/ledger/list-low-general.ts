import type { Queryable } from '../db/index.ts';

interface LowWallet {
  companyId: bigint;
  walletId: bigint;
}

const AT_ONCE = 1_000;
const BEFORE_ALL: LowWallet = { companyId: -(2n ** 63n), walletId: 0n };

/**
 * All wallets whose general credits may be below the level they are watched for, including those whose watchers were woken before, by
 * company and id: for sweepers, which ask again where a wake-up was lost or came too early. May name one that is not below
 * (R11). Read a thousand at a time; what changes meanwhile may be missed until it is asked again.
 */
export async function* listLowGeneral(db: Queryable, atOnce = AT_ONCE): AsyncGenerator<LowWallet> {
  for (let after = BEFORE_ALL; ; ) {
    const page = await db.$queryRaw<LowWallet[]>`
      SELECT company_id AS "companyId", id AS "walletId" FROM wallet
      WHERE ledger_may_be_low(wallet) AND (company_id, id) > (${after.companyId}, ${after.walletId})
      ORDER BY company_id, id LIMIT ${atOnce}`;
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < atOnce) return;
    after = last;
  }
}
