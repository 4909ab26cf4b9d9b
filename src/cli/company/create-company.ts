import { assertConsistent } from '../../billing/index.ts';
import { type Clock, systemClock } from '../../clock.ts';
import { type Db, inTransaction, type PaymentMethod } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Money } from '../../money.ts';
import { createCompany as insertCompany, issueLinkCode, recordAudit } from '../../org/index.ts';

interface CompanyOptions {
  name: string;
  timeZone: string;
  country: string;
  billing: PaymentMethod;
  billingDay: number;
  shared: boolean;
  /** The first is the primary office; one without a country has the company's. */
  office: { name: string; country: string | null }[];
  min: Money;
  max: Money;
  perDay: Money;
  invoiceLimit: Money;
}

/**
 * Creates a company with its offices and empty books, and issues the code that links its workspace. Throws RefillError
 * `limits-inconsistent`, and `bad-argument` where two offices have one name.
 */
export async function createCompany(
  db: Db,
  options: CompanyOptions,
  clock: Clock = systemClock,
): Promise<{ companyId: bigint; code: string; expiresAt: Date }> {
  const at = clock.now();
  const { min, max, perDay, invoiceLimit, country } = options;
  assertConsistent({ min, max, perDay });
  const names = options.office.map(({ name }) => name.toLowerCase());
  const twice = options.office.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  if (twice !== undefined) throw new RefillError('bad-argument', `--office names "${twice.name}" twice.`);
  const { companyId } = await inTransaction(db, async (tx) => {
    const created = await insertCompany(tx, {
      name: options.name,
      timeZone: options.timeZone,
      country,
      billingMethod: options.billing,
      billingDay: options.billingDay,
      pooled: options.shared,
      limits: { min, max, perDay, exposure: invoiceLimit },
      offices: options.office.map((office) => ({ name: office.name, country: office.country ?? country })),
      at,
    });
    await recordAudit(tx, {
      companyId: created.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'company-added',
      details: { name: options.name },
    });
    return created;
  });
  return { companyId, ...(await issueLinkCode({ db, clock }, companyId)) };
}
