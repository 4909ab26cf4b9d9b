import type { Queryable } from '../../src/db/index.ts';
import { type EntryType, readBalance, readBalanceAt, readStatement } from '../../src/ledger/index.ts';
import { dollars, type Money } from '../../src/money.ts';

/** What the players of a file call things, and the ledger's identifiers for them. */
export interface Names {
  companyId: bigint;
  offices: Map<string, bigint>;
  grants: Map<string, bigint>;
}

/** More entries than any file that a person writes. */
const ALL = 10_000;
const NO_MONEY = dollars('0');

/** Dollars as a decimal string, to the cent or finer. */
export function written(amount: Money): string {
  return amount.toFixed(Math.max(2, amount.decimalPlaces()));
}

/** Figures by name, without those that are nothing. */
function writtenFigures(figures: Record<string, Money>): Record<string, string> {
  const some = Object.entries(figures).filter(([, amount]) => !amount.isZero());
  return Object.fromEntries(some.map(([name, amount]) => [name, written(amount)]));
}

/** The name of an office, or of the company's pool. */
function nameOfOffice(names: Names, officeId: bigint | null): string {
  if (officeId === null) return 'pool';
  return [...names.offices].find(([, id]) => id === officeId)?.[0] ?? String(officeId);
}

/** What each wallet has, and what is left of each grant, by the names that the file gave them. */
export async function describeBooks(db: Queryable, names: Names, at: Date) {
  const { wallets } = await readBalance(db, names.companyId, at);
  const balances: Record<string, Record<string, string>> = {};
  const grants: Record<string, string> = {};
  for (const wallet of wallets) {
    const office = nameOfOffice(names, wallet.officeId);
    balances[office] = writtenFigures({
      general: wallet.general,
      calling: wallet.calling,
      ai: wallet.ai,
      debtOfCalls: wallet.debt.calls,
      debtOfAi: wallet.debt.ai,
      heldForCalls: wallet.held.calls,
      heldForAi: wallet.held.ai,
      availableForCalls: wallet.available.calls,
      availableForAi: wallet.available.ai,
    });
    Object.assign(grants, await describeGrants(db, names, wallet.walletId, office));
  }
  return { balances, grants };
}

/** Sums a wallet's entries by the grant they touched: what is left of each. */
async function describeGrants(db: Queryable, names: Names, walletId: bigint, office: string) {
  const entries = await readStatement(db, { companyId: names.companyId, walletId, limit: ALL });
  const left = new Map<bigint, { first: EntryType; amount: Money }>();
  for (const { type, parts } of entries.reverse()) {
    for (const part of parts) {
      if (!('grantId' in part)) continue;
      const before = left.get(part.grantId) ?? { first: type, amount: NO_MONEY };
      left.set(part.grantId, { ...before, amount: before.amount.plus(part.amount) });
    }
  }
  const given = new Map([...names.grants].map(([name, id]) => [id, name]));
  const described: Record<string, string> = {};
  let unnamed = 0;
  for (const [id, { first, amount }] of left) {
    const name = given.get(id);
    if (name === undefined) unnamed += 1;
    described[name ?? `${first} ${unnamed} of ${office}`] = written(amount);
  }
  return described;
}

/** What each wallet had at an instant by posting time. */
export async function describePast(db: Queryable, names: Names, at: Date) {
  const wallets = await readBalanceAt(db, names.companyId, at);
  const had = wallets.map(({ officeId, general, calling, ai, debt }) => [
    nameOfOffice(names, officeId),
    writtenFigures({ general, calling, ai, debtOfCalls: debt.calls, debtOfAi: debt.ai }),
  ]);
  return { at: at.toISOString(), had: Object.fromEntries(had) };
}
