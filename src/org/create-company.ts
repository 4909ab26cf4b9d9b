import type { PaymentMethod, Tx } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';

export interface NewCompany {
  name: string;
  timeZone: string;
  country: string;
  billingMethod: PaymentMethod;
  billingDay: number;
  pooled: boolean;
  limits: { min: Money; max: Money; perDay: Money; exposure: Money };
  /** The first is the primary office. */
  offices: readonly { name: string; country: string }[];
  at: Date;
}

/** Creates a company with its offices and returns their ids, offices in the order given. The database opens their wallets. */
export async function createCompany(
  tx: Tx,
  company: NewCompany,
): Promise<{ companyId: bigint; officeIds: [bigint, ...bigint[]] }> {
  const { limits, at } = company;
  const { id: companyId } = await tx.company.create({
    data: {
      name: company.name,
      timeZone: company.timeZone,
      country: company.country,
      billingMethod: company.billingMethod,
      billingDay: company.billingDay,
      pooled: company.pooled,
      purchaseMinMicros: toMicros(limits.min),
      purchaseMaxMicros: toMicros(limits.max),
      purchaseDailyMaxMicros: toMicros(limits.perDay),
      exposureLimitMicros: toMicros(limits.exposure),
      createdAt: at,
    },
  });
  const officeIds: bigint[] = [];
  for (const [index, office] of company.offices.entries()) {
    const row = await tx.office.create({
      data: { companyId, ...office, isPrimary: index === 0, createdAt: at },
    });
    officeIds.push(row.id);
  }
  const [primary, ...others] = officeIds;
  if (primary === undefined) throw new RangeError('a company has at least one office');
  return { companyId, officeIds: [primary, ...others] };
}
