/** What the model's wallets are made of. Cents as numbers, hours as time. */
export type Kind = 'general' | 'calling' | 'ai';
export type Class = 'calls' | 'ai';

export interface Grant {
  wallet: Wallet;
  kind: Kind;
  amount: number;
  left: number;
  from: number;
  until: number;
  madeAt: number;
  /** Grants are numbered as they are made. */
  id: number;
  /** The grant that this one is a moved part of. */
  origin: Grant | null;
  reversed: number;
  /** What of it has lapsed, less what a reversal has counted as taken since. */
  lapsed: number;
}

export interface Debt {
  class: Class;
  amount: number;
  madeAt: number;
}

export interface Wallet {
  grants: Grant[];
  /** The oldest first. */
  debts: Debt[];
  held: Record<Class, number>;
  /** When something was last posted here: times of posting never go back. */
  postedAt: number;
}

export interface ModelUsage {
  office: string | null;
  class: Class;
  at: number;
  cost: number;
}

export interface Hold {
  class: Class;
  office: string | null;
  state: 'open' | 'released' | 'settled' | 'expired';
  own: { wallet: Wallet; amount: number };
  paid: { wallet: Wallet; amount: number };
  placedAt: number;
  until: number;
  /** The usage that settled it. */
  usage?: string;
}

/** Hours from a bundle's end until the rest of it is gone. */
export const GRACE = 6;

export const CLASSES: readonly Class[] = ['calls', 'ai'];

export function emptyWallet(): Wallet {
  return { grants: [], debts: [], held: { calls: 0, ai: 0 }, postedAt: -Infinity };
}

export function bundleOf(of: Class): Kind {
  return of === 'ai' ? 'ai' : 'calling';
}

export function isInForce({ from, until }: Grant, at: number): boolean {
  return from <= at && at < until;
}

export function isOver({ until }: Grant, at: number): boolean {
  return until + GRACE <= at;
}

/** In the order in which they are drawn (R4). */
export function inOrder(grants: readonly Grant[]): Grant[] {
  return grants.toSorted((a, b) =>
    a.until === b.until ? a.madeAt - b.madeAt || a.id - b.id : a.until - b.until,
  );
}

export function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

export function leftOf({ grants }: Wallet, kind: Kind): number {
  return sum(grants.filter((grant) => grant.kind === kind).map(({ left }) => left));
}

export function owed({ debts }: Wallet, of: Class): number {
  return sum(debts.filter((debt) => debt.class === of).map(({ amount }) => amount));
}

/** Has debts of these classes paid, the oldest first; answers what remains of the amount. */
export function payDebts({ debts }: Wallet, classes: readonly Class[], amount: number): number {
  let rest = amount;
  for (const debt of debts.filter((one) => classes.includes(one.class))) {
    const paid = Math.min(debt.amount, rest);
    debt.amount -= paid;
    rest -= paid;
  }
  return rest;
}

/** What a class's holds take beyond the bundles of it that are in force. */
export function heldBeyond(wallet: Wallet, of: Class, at: number): number {
  return Math.max(wallet.held[of] - usable(wallet, bundleOf(of), at), 0);
}

/**
 * What a class can spend of a wallet: its bundles and general credits in force, less debt, holds, and what the other
 * class holds of the general; `behind`: offices whose holds it stands behind (R5, R6).
 */
export function spendable(wallet: Wallet, of: Class, at: number, behind: readonly Wallet[] = []): number {
  const beyond = (which: Class): number => sum(behind.map((office) => heldBeyond(office, which, at)));
  const other: Class = of === 'ai' ? 'calls' : 'ai';
  const general = usable(wallet, 'general', at);
  const own = usable(wallet, bundleOf(of), at) - wallet.held[of] - beyond(of) - owed(wallet, of);
  const ofOther = Math.max(wallet.held[other] + beyond(other) - usable(wallet, bundleOf(other), at), 0);
  return own + Math.max(general - ofOther, 0);
}

function usable({ grants }: Wallet, kind: Kind, at: number): number {
  return sum(grants.filter((grant) => grant.kind === kind && isInForce(grant, at)).map(({ left }) => left));
}
