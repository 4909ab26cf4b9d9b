import type { Queryable } from '../db/index.ts';
import type { Company } from '../org/index.ts';
import { nextBillingDay } from './billing-calendar.ts';
import type { PayBy } from './types.ts';

/** How the company pays now: its default card, or its next invoice. */
export async function readPayBy(
  db: Queryable,
  company: Company,
  at: Date,
): Promise<{ payBy: PayBy; cardId: bigint | null }> {
  if (company.billingMethod === 'invoice') {
    return { payBy: { method: 'invoice', nextInvoiceOn: nextBillingDay(company, at) }, cardId: null };
  }
  const card = await db.card.findFirst({ where: { companyId: company.id, isDefault: true } });
  return {
    payBy: { method: 'card', card: card && { brand: card.brand, last4: card.last4 } },
    cardId: card?.id ?? null,
  };
}
