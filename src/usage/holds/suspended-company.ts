import type { Tx } from '../../db/index.ts';
import { findCompany, readEnforcement } from '../../org/index.ts';
import type { HoldAnswer } from './hold-request.ts';

/**
 * The refusal of every hold of a company that its operator suspended or closed; null where holds are decided as usual. Where the
 * phone system does not stop what has no credits, a refusal would only hide what is held.
 */
export async function refuseSuspended(
  tx: Tx,
  { companyId, id, at }: { companyId: bigint; id: string; at: Date },
): Promise<HoldAnswer | null> {
  const company = await findCompany(tx, companyId);
  if (company === null || company.state === 'active') return null;
  if ((await readEnforcement(tx, companyId, at)) === 'reported') return null;
  const message = `The company is ${company.state} by its provider.`;
  return { outcome: 'refused', id, reason: 'suspended', message };
}
