import { Prisma, type Queryable } from '../db/index.ts';
import { type PastBalance, readBalanceAt } from './read-balance-at.ts';
import { type StatementEntry, selectEntries } from './read-statement.ts';

export interface Explanation {
  /** What the wallet had just before the period, and at its end. */
  opening: PastBalance;
  closing: PastBalance;
  /** What happened in between, oldest first: opening plus these is closing, when no page follows. */
  entries: StatementEntry[];
  /** Pass as `after` for the next page; null: that was all. */
  next: bigint | null;
}

/**
 * "Why is my balance this?" (R28): a wallet's balance at the start and end of a period by posting time, [from, to), and
 * each entry between them with the grants that paid it. Null where the company has no such wallet.
 */
export async function explainBalance(
  db: Queryable,
  question: { companyId: bigint; walletId: bigint; from: Date; to: Date; after?: bigint; limit?: number },
): Promise<Explanation | null> {
  const { companyId, walletId, limit = 200 } = question;
  const justBefore = (instant: Date) => new Date(instant.getTime() - 1);
  const at = async (instant: Date) =>
    (await readBalanceAt(db, companyId, instant)).find((wallet) => wallet.walletId === walletId);
  const opening = await at(justBefore(question.from));
  const closing = await at(justBefore(question.to));
  if (opening === undefined || closing === undefined) return null;
  const entries = await selectEntries(
    db,
    Prisma.sql`e.company_id = ${companyId} AND e.wallet_id = ${walletId}
      AND e.seq > ${question.after ?? opening.seq} AND e.seq <= ${closing.seq} ORDER BY e.seq LIMIT ${limit}`,
  );
  const last = entries.at(-1)?.seq ?? closing.seq;
  return { opening, closing, entries, next: last < closing.seq ? last : null };
}
