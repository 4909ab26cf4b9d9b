import type { Queryable } from '../db/index.ts';

/**
 * The wallets whose general credits may be below the level they are watched for, whoever was woken for it before: for
 * sweepers, which ask again where a wake-up was lost or came too early. May name one that is not below (R11).
 */
export async function listLowGeneral(db: Queryable): Promise<{ companyId: bigint; walletId: bigint }[]> {
  return await db.$queryRaw<{ companyId: bigint; walletId: bigint }[]>`
    SELECT company_id AS "companyId", id AS "walletId" FROM wallet
    WHERE general_micros - debt_calls_micros - debt_ai_micros - held_calls_micros - held_ai_micros < watch_general_micros
    ORDER BY company_id, id LIMIT 1000`;
}
