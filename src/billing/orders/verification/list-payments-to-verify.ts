import type { Queryable } from '../../../db/index.ts';
import type { Money } from '../../../money.ts';
import { labelScopes, type Person } from '../../../org/index.ts';
import { amountOf, findCardName, scopeOf, toConfirmed } from '../order.ts';
import { kindOf } from '../order-kind.ts';
import { readLines } from '../order-lines.ts';

/** A payment that its bank wants the cardholder to verify. */
export interface PaymentToVerify {
  /** What *Verify payment* carries. */
  token: string;
  amount: Money;
  scopeLabel: string;
  card: { brand: string; last4: string } | null;
  verifyUntil: Date;
}

const MAX_SHOWN = 5;

/** The payments that this person may verify, those that end first before the others (R11). */
export async function listPaymentsToVerify(
  db: Queryable,
  person: Person,
  at: Date,
): Promise<PaymentToVerify[]> {
  const rows = await db.purchaseOrder.findMany({
    where: { companyId: person.company.id, state: 'needs_action', verifyUntil: { gt: at } },
    orderBy: { verifyUntil: 'asc' },
  });
  const payments: PaymentToVerify[] = [];
  for (const row of rows) {
    const order = toConfirmed(row);
    const scopes = (await readLines(db, order)).map(scopeOf);
    if (row.verifyUntil === null || kindOf(row).verification?.isAllowed(person, scopes) !== true) continue;
    payments.push({
      token: row.token,
      amount: amountOf(order),
      scopeLabel: labelScopes(person, scopes),
      card: await findCardName(db, order),
      verifyUntil: row.verifyUntil,
    });
  }
  return payments.slice(0, MAX_SHOWN);
}
