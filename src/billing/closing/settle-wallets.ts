import type { Queryable, Tx } from '../../db/index.ts';
import { readBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { adjustCredits } from '../credits/adjust-credits.ts';

/** What a company's wallets come to: general credits, and debt of calls and AI. */
export interface Remainder {
  credits: Money;
  debt: Money;
}

interface WalletRemainder extends Remainder {
  officeId: bigint | null;
}

const ZERO = dollars('0');

/** What is left of a company's general credits, and what it owes, over all wallets: one is not set against the other. */
export async function readRemainder(db: Queryable, companyId: bigint, at: Date): Promise<Remainder> {
  return sum(await readWallets(db, companyId, at));
}

/**
 * Ends what is left in a closed company's books, by entries with the reason: debt is written off by a credit of its amount, general
 * credits are taken. Credits of bundles expire at the end of their period, as ever. Returns what it took and wrote off; where
 * nothing is left it does nothing. Under the company's lock.
 */
export async function settleWallets(
  tx: Tx,
  companyId: bigint,
  { reason, at }: { reason: string; at: Date },
): Promise<Remainder> {
  const wallets = await readWallets(tx, companyId, at);
  const adjustment = { companyId, actor: 'operator', at };
  for (const { officeId, debt } of wallets)
    if (!debt.isZero())
      await adjustCredits(tx, {
        ...adjustment,
        kind: 'grant',
        officeId,
        amount: debt,
        reason: `Debt written off at closing: ${reason}`,
      });
  for (const { officeId, credits } of wallets)
    if (!credits.isZero())
      await adjustCredits(tx, {
        ...adjustment,
        kind: 'deduction',
        officeId,
        amount: credits,
        reason: `Credits ended at closing: ${reason}`,
      });
  return sum(wallets);
}

async function readWallets(db: Queryable, companyId: bigint, at: Date): Promise<WalletRemainder[]> {
  const { wallets } = await readBalance(db, companyId, at);
  return wallets.map(({ officeId, general, debt }) => ({
    officeId,
    credits: general,
    debt: debt.calls.plus(debt.ai),
  }));
}

function sum(wallets: readonly WalletRemainder[]): Remainder {
  return wallets.reduce<Remainder>(
    (all, { credits, debt }) => ({ credits: all.credits.plus(credits), debt: all.debt.plus(debt) }),
    { credits: ZERO, debt: ZERO },
  );
}
