import { Decimal } from 'decimal.js';
import type { CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { isCompanyAdmin, moneyOffices, type Person } from '../../org/index.ts';

/** The wallets this person may see: the pool where credits are shared (company admins), and their offices. */
export function visibleWallets(balance: CompanyBalance, person: Person): WalletBalance[] {
  const offices = moneyOffices(person).map(({ id }) => id);
  const ofOffices = offices.flatMap((id) => balance.wallets.filter(({ officeId }) => officeId === id));
  const pool = balance.pooled && isCompanyAdmin(person) ? balance.wallets.filter(isPool) : [];
  return [...pool, ...ofOffices];
}

export function isPool(wallet: WalletBalance): boolean {
  return wallet.officeId === null;
}

/**
 * What this person's offices can spend on calls and messages in all. Shared credits stand behind every office, so
 * they count once: the pool, plus what each office has beside it (R5). Where each has its own, what one lacks takes
 * nothing from the others.
 */
export function totalForCalls(balance: CompanyBalance, wallets: readonly WalletBalance[]): Money {
  const pool = balance.wallets.find(isPool);
  const offices = wallets.filter((wallet) => !isPool(wallet));
  const shared = balance.pooled && pool !== undefined ? pool.available.calls : dollars('0');
  const isApart = !balance.pooled && offices.length > 1;
  const beside = ({ available }: WalletBalance): Money => available.calls.minus(shared);
  return offices.reduce(
    (sum, office) => sum.plus(isApart ? Decimal.max(beside(office), 0) : beside(office)),
    shared,
  );
}
