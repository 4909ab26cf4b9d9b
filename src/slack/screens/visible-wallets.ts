import { Decimal } from 'decimal.js';
import type { CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import { dollars, floorToCents, type Money } from '../../money.ts';
import { isCompanyAdmin, moneyOffices, type Person, type Scope } from '../../org/index.ts';

/**
 * The wallets this person may see: the pool where credits are shared (company admins), and their offices.
 * Applies R24.2.
 */
export function visibleWallets(balance: CompanyBalance, person: Person): WalletBalance[] {
  const offices = moneyOffices(person).map(({ id }) => id);
  const ofOffices = offices.flatMap((id) => balance.wallets.filter(({ officeId }) => officeId === id));
  const pool = balance.pooled && isCompanyAdmin(person) ? balance.wallets.filter(isPool) : [];
  return [...pool, ...ofOffices];
}

/** Whose credits a wallet's are. */
export function scopeOf({ officeId }: Pick<WalletBalance, 'officeId'>): Scope {
  return officeId === null ? { kind: 'company' } : { kind: 'office', officeId };
}

export function isPool(wallet: WalletBalance): boolean {
  return wallet.officeId === null;
}

/** What some wallets come to, each figure as it is shown. */
export interface BalanceFigures {
  /** What can be spent on calls and messages: the sum of the parts. */
  available: Money;
  /** What each wallet adds to it, in whole cents rounded down, never below zero: what one lacks takes nothing from others. */
  parts: ReadonlyMap<bigint, Money>;
  /** What each owes, above zero, in whole cents rounded up; the most first. */
  overdrawn: readonly { wallet: WalletBalance; amount: Money }[];
}

/**
 * The figures of the wallets that somebody sees (R24). Shared credits stand behind every office, so they count once: the
 * pool, and what each office has beside it (R5).
 */
export function figuresOf(balance: CompanyBalance, wallets: readonly WalletBalance[]): BalanceFigures {
  const pool = balance.pooled ? balance.wallets.find(isPool) : undefined;
  const shared = pool?.available.calls ?? dollars('0');
  const counted =
    pool === undefined || wallets.length === 0 || wallets.some(isPool) ? wallets : [pool, ...wallets];
  const parts = new Map(
    counted.map((wallet) => {
      const own = isPool(wallet) ? wallet.available.calls : wallet.available.calls.minus(shared);
      return [wallet.walletId, dollars(Decimal.max(0, floorToCents(own)))];
    }),
  );
  return {
    available: [...parts.values()].reduce((sum, part) => sum.plus(part), dollars('0')),
    parts,
    overdrawn: wallets
      .map((wallet) => ({ wallet, amount: floorToCents(owedBy(wallet).negated()).negated() }))
      .filter(({ amount }) => amount.greaterThan(0))
      .toSorted((a, b) => b.amount.comparedTo(a.amount)),
  };
}

const owedBy = ({ debt }: WalletBalance): Money => debt.calls.plus(debt.ai);
