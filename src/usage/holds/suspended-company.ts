import type { Queryable } from '../../db/index.ts';
import { findCompany } from '../../org/index.ts';
import type { RefusedHold } from './hold-request.ts';

/** Whether a company gets no holds: its operator suspended or closed it, and its phone system stops what is refused. */
export async function refusesHolds(db: Queryable, companyId: bigint, at: Date): Promise<boolean> {
  const rows = await db.$queryRaw<
    { refuses: boolean }[]
  >`SELECT refuses_holds(${companyId}, ${at}) AS refuses`;
  return rows[0]?.refuses === true;
}

/** The refusal of every hold of such a company. */
export async function refuseSuspended(db: Queryable, companyId: bigint, id: string): Promise<RefusedHold> {
  const company = await findCompany(db, companyId);
  const state = company?.state === 'closed' ? 'closed' : 'suspended';
  return { outcome: 'refused', id, reason: 'suspended', message: `The company is ${state} by its provider.` };
}
