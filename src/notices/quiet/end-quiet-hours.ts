import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { groupBy } from '../../group-by.ts';
import { readBalance } from '../../ledger/index.ts';
import { lockCompany } from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';
import { enqueueDelivery } from '../enqueue-delivery.ts';
import type { NoticeKind, SingleNotice } from '../facts/index.ts';
import { singleNotice } from '../facts/single-notice.ts';
import { type Channel, findNoticeChannel } from '../find-channel.ts';
import { lowNow } from '../low-now.ts';
import { summarizeQuietHours } from '../summary/compose-summary.ts';
import { hasMended } from './may-wait.ts';
import { readQuietEnd } from './quiet-hours.ts';

interface Held {
  id: bigint;
  channel: Channel;
  facts: SingleNotice;
}

/** Posts the notices that waited in companies whose quiet hours have ended. */
export async function sweepQuietHours({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const now = clock.now();
  const due = await db.notice.findMany({
    where: { state: 'held', nextAttemptAt: { lte: now } },
    select: { companyId: true },
    distinct: ['companyId'],
  });
  await forEachCompany(due, ({ companyId }) => inTransaction(db, (tx) => releaseHeld(tx, companyId, now)));
}

/**
 * Posts what waited in each channel, several notices as one message; what is over by then is dropped. All of it is one
 * transaction under the company's lock. Where it is quiet still, as the hours were changed, all of it waits on.
 */
export async function releaseHeld(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await lockCompany(tx, companyId);
  const until = await readQuietEnd(tx, companyId, at);
  if (until !== null) {
    await tx.notice.updateMany({ where: { companyId, state: 'held' }, data: { nextAttemptAt: until } });
    return;
  }
  const { waited, mendedIds } = await readHeld(tx, companyId, at);
  await tx.notice.updateMany({
    where: { companyId, id: { in: mendedIds } },
    data: { state: 'dropped', nextAttemptAt: null },
  });
  for (const [, held] of groupBy(waited, ({ channel }) => `${channel.teamId} ${channel.channelId}`))
    await tellTogether(tx, companyId, held, at);
}

async function readHeld(
  tx: Tx,
  companyId: bigint,
  at: Date,
): Promise<{ waited: Held[]; mendedIds: bigint[] }> {
  const rows = await tx.notice.findMany({ where: { companyId, state: 'held' }, orderBy: { id: 'asc' } });
  const { wallets } = await readBalance(tx, companyId, at);
  const waited: Held[] = [];
  const mendedIds: bigint[] = [];
  for (const { id, kind, teamId, channelId, facts: stored } of rows) {
    const facts = singleNotice.parse(stored);
    const now = facts.kind === 'low_balance' ? lowNow(facts, wallets) : hasMended(facts) ? null : facts;
    if (now === null) mendedIds.push(id);
    else {
      const chosen = await findNoticeChannel(tx, companyId, kind as NoticeKind);
      waited.push({ id, facts: now, channel: chosen ?? { teamId, channelId } });
    }
  }
  return { waited, mendedIds };
}

async function tellTogether(tx: Tx, companyId: bigint, held: readonly Held[], at: Date): Promise<void> {
  const [first] = held;
  if (first === undefined) return;
  const { teamId, channelId } = first.channel;
  if (held.length === 1) {
    await tx.notice.update({
      where: { companyId_id: { companyId, id: first.id } },
      data: { state: 'pending', nextAttemptAt: at, facts: first.facts, teamId, channelId },
    });
    await enqueueDelivery(tx, { companyId, noticeId: first.id, channelId });
    return;
  }
  const { timeZone } = await tx.company.findUniqueOrThrow({ where: { id: companyId } });
  const summary = await tx.notice.create({
    data: {
      companyId,
      dedupeKey: `quiet:${channelId}:${at.toISOString()}`,
      kind: 'quiet_hours_summary',
      teamId,
      channelId,
      facts: summarizeQuietHours(
        held.map(({ facts }) => facts),
        { endedAt: at.toISOString(), timeZone },
      ),
      revision: 1,
      state: 'pending',
      nextAttemptAt: at,
      createdAt: at,
    },
  });
  for (const { id, facts } of held)
    await tx.notice.update({
      where: { companyId_id: { companyId, id } },
      data: { state: 'merged', partOf: summary.id, nextAttemptAt: null, facts, teamId, channelId },
    });
  await enqueueDelivery(tx, { companyId, noticeId: summary.id, channelId });
}
