import type { Tx } from '../../db/index.ts';
import { readBillingDetails, writeBillingDetails } from '../documents/change-billing-details.ts';
import type { SettingChange } from './judge-settings.ts';

/** What documents print of the company: all that was changed of it at once. */
export async function changeDetails(
  tx: Tx,
  companyId: bigint,
  changes: readonly SettingChange[],
  at: Date,
): Promise<void> {
  const columns = { legal_name: 'legalName', billing_address: 'address', po_number: 'poNumber' } as const;
  const changed = Object.entries(columns).flatMap(([field, column]) =>
    changes.filter((change) => change.field === field).map(({ to }) => [column, to] as const),
  );
  if (changed.length === 0) return;
  const before = await readBillingDetails(tx, companyId);
  await writeBillingDetails(tx, companyId, { ...before, ...Object.fromEntries(changed) }, at);
}
