import type { Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { enqueueDelivery } from '../enqueue-delivery.ts';
import { type Channel, findNoticeChannel } from '../find-channel.ts';
import { postNotice } from '../post-notice.ts';
import { mayWait } from '../quiet/may-wait.ts';
import { readQuietEnd } from '../quiet/quiet-hours.ts';
import { type LowBalance, summarizeAlerts } from './compose-summary.ts';
import { updateSummary } from './update-summary.ts';

/** Alerts of a channel that go at once; the next one within the time opens a summary. */
const MAX_SINGLE = 3;
const WITHIN_MS = MINUTE_MS;

interface Alert {
  companyId: bigint;
  dedupeKey: string;
  facts: LowBalance;
  at: Date;
}

/**
 * Posts a low or out alert, or revises it. The first three of a channel go at once; the fourth within 60 seconds opens one summary
 * that takes it and all later ones, until 60 seconds pass without one. The caller holds the company's lock, so that two workers never
 * open two. Applies R27.6.
 */
export async function postBalanceAlert(tx: Tx, alert: Alert): Promise<void> {
  const { companyId, dedupeKey, facts, at } = alert;
  const known = await tx.notice.findUnique({
    where: { companyId_dedupeKey: { companyId, dedupeKey } },
    select: { state: true },
  });
  const channel = await findNoticeChannel(tx, companyId, facts.kind);
  const isNew = known === null || known.state === 'dropped';
  const isHeld = mayWait(facts) && (await readQuietEnd(tx, companyId, at)) !== null;
  if (channel === null || !isNew || isHeld || facts.recovered !== null) {
    await postNotice(tx, alert);
    return;
  }
  const since = new Date(at.getTime() - WITHIN_MS);
  const summary = await findOpenSummary(tx, companyId, channel, since);
  if (summary !== null) {
    await addPart(tx, alert, channel, summary);
    await updateSummary(tx, { companyId, id: summary, at });
    return;
  }
  const single = await tx.notice.count({
    where: {
      companyId,
      channelId: channel.channelId,
      kind: facts.kind,
      createdAt: { gt: since },
      state: { in: ['pending', 'sent', 'failed'] },
    },
  });
  if (single < MAX_SINGLE) await postNotice(tx, alert);
  else await addPart(tx, alert, channel, await openSummary(tx, alert, channel));
}

/** The channel's summary that an alert was added to lately; null where there is none. */
async function findOpenSummary(
  tx: Tx,
  companyId: bigint,
  { channelId }: Channel,
  since: Date,
): Promise<bigint | null> {
  const found = await tx.notice.findFirst({
    where: { companyId, channelId, kind: 'low_balance', state: 'merged', createdAt: { gt: since } },
    orderBy: { id: 'desc' },
    include: { whole: true },
  });
  return found?.whole?.kind === 'low_balance_summary' ? found.whole.id : null;
}

async function openSummary(
  tx: Tx,
  { companyId, dedupeKey, facts, at }: Alert,
  channel: Channel,
): Promise<bigint> {
  const { id } = await tx.notice.create({
    data: {
      companyId,
      dedupeKey: `summary:${dedupeKey}`,
      kind: 'low_balance_summary',
      teamId: channel.teamId,
      channelId: channel.channelId,
      facts: summarizeAlerts([facts]),
      revision: 1,
      state: 'pending',
      nextAttemptAt: at,
      createdAt: at,
    },
  });
  await enqueueDelivery(tx, { companyId, noticeId: id, channelId: channel.channelId });
  return id;
}

async function addPart(
  tx: Tx,
  { companyId, dedupeKey, facts, at }: Alert,
  channel: Channel,
  partOf: bigint,
): Promise<void> {
  const { teamId, channelId } = channel;
  const told = { facts, state: 'merged', partOf, nextAttemptAt: null, createdAt: at } as const;
  await tx.notice.upsert({
    where: { companyId_dedupeKey: { companyId, dedupeKey } },
    create: { companyId, dedupeKey, kind: facts.kind, teamId, channelId, revision: 1, ...told },
    update: { ...told, teamId, channelId, revision: { increment: 1 } },
  });
}
