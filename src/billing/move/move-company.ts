import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { leaveWorkspace, postNotice } from '../../notices/index.ts';
import {
  type Company,
  findCompany,
  lockCompany,
  moveWorkspace,
  type RolesMoved,
  resolveOperatorNotice,
  type WorkspaceMove,
} from '../../org/index.ts';
import { closeDrafts } from '../drafts/drafts.ts';
import { announce, type Closed, sumClosed } from '../orders/moments.ts';

export interface CompanyMoved extends RolesMoved {
  closed: Closed;
}

/**
 * Moves a company to another workspace, all of it or nothing (R30): what is open is closed, channels are unset, messages
 * to the old workspace are given up, roles follow who was found in the new one, and its company admins are notified.
 * `also`: what else has to end with the move, in the same transaction. The caller has asked Slack who these people are.
 * Throws RefillError `company-unknown`, and what `moveWorkspace` throws. Applies R30.10.
 */
export async function moveCompany(
  deps: { db: Db; clock: Clock },
  move: Omit<WorkspaceMove, 'at'>,
  also: (tx: Tx, at: Date) => Promise<void>,
): Promise<CompanyMoved> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, move.companyId);
    const company = await findCompany(tx, move.companyId);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${move.companyId}.`);
    const closed = sumClosed(await announce('companyMoves', tx, { company, at }));
    await closeDrafts(tx, company.id);
    await also(tx, at);
    await leaveWorkspace(tx, move.companyId, move.fromTeamId);
    const moved = await moveWorkspace(tx, { ...move, at });
    await resolveOperatorNotice(tx, { kind: 'no-company-admin', companyId: company.id, at });
    await notifyAdmins(tx, company, move.toTeamId, moved, at);
    return { ...moved, closed };
  });
}

async function notifyAdmins(
  tx: Tx,
  company: Company,
  teamId: string,
  { kept, dropped }: RolesMoved,
  at: Date,
): Promise<void> {
  const admins = kept.filter(({ roles }) => roles.some(({ role }) => role === 'company_admin'));
  for (const { userId } of admins)
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey: `move:${at.toISOString()}:${userId}`,
      at,
      facts: {
        kind: 'company_moved',
        companyName: company.name,
        keptUserIds: kept.map((person) => person.userId),
        dropped: dropped.map(({ email, fromUserId }) => email ?? fromUserId),
      },
      to: { teamId, channelId: userId },
    });
}
