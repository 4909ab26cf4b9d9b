import type { Tx } from '../../db/index.ts';
import { type BillingDetailsRow, findBillingDetails } from './billing-details.ts';

export type BillingDetails = Pick<
  BillingDetailsRow,
  'legalName' | 'address' | 'poNumber' | 'taxRateBp' | 'taxName' | 'taxId'
>;

const NONE: BillingDetails = {
  legalName: null,
  address: null,
  poNumber: null,
  taxRateBp: null,
  taxName: 'VAT',
  taxId: null,
};

/** What documents print of the company now. */
export async function readBillingDetails(tx: Tx, companyId: bigint): Promise<BillingDetails> {
  const row = await findBillingDetails(tx, companyId);
  if (row === null) return NONE;
  const { legalName, address, poNumber, taxRateBp, taxName, taxId } = row;
  return { legalName, address, poNumber, taxRateBp, taxName, taxId };
}

/**
 * Writes what documents print of a company from this instant on: the one way, for its own admins and for the operator. The
 * caller holds the company's lock and records who did it.
 */
export async function writeBillingDetails(
  tx: Tx,
  companyId: bigint,
  details: BillingDetails,
  since: Date,
): Promise<void> {
  await tx.billingDetails.upsert({
    where: { companyId_since: { companyId, since } },
    create: { companyId, since, ...details },
    update: details,
  });
}
