import type { Queryable } from '../db/index.ts';
import type { Company } from '../org/index.ts';
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

/** The next start of a billing period after `at`, as a date at noon UTC: day 31 means the month's last day (R3). */
export function nextBillingDay(company: Pick<Company, 'billingDay' | 'timeZone'>, at: Date): Date {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: company.timeZone, dateStyle: 'short' }).format(
    at,
  );
  const [year = 0, month = 0, day = 0] = parts.split('-').map(Number);
  const billingDayOf = (y: number, m: number): number =>
    Math.min(company.billingDay, new Date(Date.UTC(y, m, 0)).getUTCDate());
  const isLater = billingDayOf(year, month) > day;
  const m = isLater ? month : month + 1;
  return new Date(Date.UTC(year, m - 1, billingDayOf(year, m), 12));
}
