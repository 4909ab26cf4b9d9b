import { Decimal } from 'decimal.js';
import type { Queryable } from '../../../db/index.ts';
import { readBalance, type WalletBalance } from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import type { Company, Scope } from '../../../org/index.ts';
import { readDayAllowance, readInvoiceAllowance } from '../../orders/limits.ts';

/** What a wallet comes to where neither auto-recharge nor an alert names a level. */
const DEFAULT_LEVEL = dollars('1');

/** How much to add, in whole cents; `short`: what stays overdrawn where no single purchase may clear it all. */
export interface AmountToResume {
  amount: Money;
  short: Money;
}

/**
 * The purchase that clears what a wallet is overdrawn by, debt of both classes and holds that its bundles do not cover, and
 * brings its general credits to `level`; at least the smallest purchase, at most `room`. Null where not even the smallest fits.
 * Applies R9.24.
 */
export function amountToResume(
  { freeGeneral }: Pick<WalletBalance, 'freeGeneral'>,
  { level, min, room }: { level: Money; min: Money; room: Money },
): AmountToResume | null {
  const missing = level.minus(freeGeneral).toDecimalPlaces(2, Decimal.ROUND_UP);
  const most = room.toDecimalPlaces(2, Decimal.ROUND_DOWN);
  const amount = Decimal.min(Decimal.max(missing, min), most);
  if (amount.lessThan(min)) return null;
  return { amount, short: Decimal.max(freeGeneral.plus(amount).negated(), 0) };
}

/**
 * The same for a company's wallet as it stands: its level is the threshold of its auto-recharge, else its low-balance level;
 * its room the largest purchase and what the limits of 24 hours and of invoices leave.
 */
export async function readAmountToResume(
  db: Queryable,
  company: Company,
  wallet: Pick<WalletBalance, 'walletId' | 'freeGeneral' | 'watch'>,
  at: Date,
): Promise<AmountToResume | null> {
  const { id: companyId, purchaseLimits, billingMethod } = company;
  const setting = await db.rechargeSetting.findUnique({
    where: { companyId_walletId: { companyId, walletId: wallet.walletId } },
  });
  const threshold = setting?.isOn === true ? fromMicros(setting.thresholdMicros) : null;
  const rooms = [
    purchaseLimits.max,
    await readDayAllowance(db, company, at),
    ...(billingMethod === 'invoice' ? [(await readInvoiceAllowance(db, companyId)).room] : []),
  ];
  return amountToResume(wallet, {
    level: threshold ?? wallet.watch.calls ?? DEFAULT_LEVEL,
    min: purchaseLimits.min,
    room: Decimal.min(...rooms),
  });
}

/** The same for the credits of a scope where they are overdrawn or used up; null where something is left. */
export async function readAmountToResumeFor(
  db: Queryable,
  company: Company,
  scope: Scope,
  at: Date,
): Promise<AmountToResume | null> {
  const officeId = scope.kind === 'office' ? scope.officeId : null;
  const wallet = (await readBalance(db, company.id, at)).wallets.find((each) => each.officeId === officeId);
  if (wallet === undefined) return null;
  if (!wallet.freeGeneral.isNegative() && wallet.level.calls !== 'out') return null;
  return await readAmountToResume(db, company, wallet, at);
}
