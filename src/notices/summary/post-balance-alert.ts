import type { Prisma, Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { enqueueDelivery } from '../enqueue-delivery.ts';
import { type Channel, findNoticeChannel } from '../find-channel.ts';
import { copiesOf, postNotice, sendToAdmins, updateCopies } from '../post-notice.ts';
import { mayWait } from '../quiet/may-wait.ts';
import { readQuietEnd } from '../quiet/quiet-hours.ts';
import { isPerson } from '../revive-notice.ts';
import { type LowBalance, summarizeAlerts } from './compose-summary.ts';
import { updateSummary } from './update-summary.ts';

/** Alerts of a place that go at once; the next one within the time opens a summary. */
const MAX_SINGLE = 3;
const WITHIN_MS = MINUTE_MS;

interface Alert {
  companyId: bigint;
  dedupeKey: string;
  facts: LowBalance;
  at: Date;
  /** The company admin whose copy it is; absent where it goes to the company's channel. */
  to?: Channel;
}

/**
 * Posts a low or out alert, or revises it: in the company's channel, or where it has none, and the alert cannot wait, to each company
 * admin. The caller holds the company's lock, so that two workers never open two summaries.
 */
export async function postBalanceAlert(tx: Tx, alert: Alert): Promise<void> {
  const channel = await findNoticeChannel(tx, alert.companyId, alert.facts.kind);
  if (channel === null)
    await sendToAdmins(tx, alert, null, (copy) => postAt(tx, { ...alert, ...copy }, copy.to));
  else await postAt(tx, alert, channel);
}

/**
 * The first three alerts of a place go at once; the fourth within 60 seconds opens one summary that takes it and all later ones, until
 * 60 seconds pass without one. A place is a channel, or the direct messages of one person. Applies R27.6.
 */
async function postAt(tx: Tx, alert: Alert, place: Channel): Promise<void> {
  const { companyId, dedupeKey, facts, at, to } = alert;
  const known = await tx.notice.findUnique({
    where: { companyId_dedupeKey: { companyId, dedupeKey } },
    select: { state: true },
  });
  const isNew = known === null || known.state === 'dropped';
  const isHeld = to === undefined && mayWait(facts) && (await readQuietEnd(tx, companyId, at)) !== null;
  if (!isNew || isHeld || facts.recovered !== null) {
    await postNotice(tx, alert);
    return;
  }
  const since = new Date(at.getTime() - WITHIN_MS);
  const summary = await findOpenSummary(tx, companyId, place, since);
  if (summary === null && (await countSingle(tx, companyId, place, since)) < MAX_SINGLE) {
    await postNotice(tx, alert);
    return;
  }
  const partOf = summary ?? (await openSummary(tx, alert, place));
  await addPart(tx, alert, place, partOf);
  await updateSummary(tx, { companyId, id: partOf, at });
  if (to === undefined) await updateCopies(tx, alert);
}

/** Which alerts are of a place: a message to a person moves to the conversation that Slack opens, but its key names the person. */
const isAt = (place: Channel): Prisma.NoticeWhereInput => ({
  kind: 'low_balance',
  ...(isPerson(place)
    ? { dedupeKey: { endsWith: copiesOf('') + place.channelId } }
    : { channelId: place.channelId }),
});

/** The summary of a place that an alert was added to lately; null where there is none. */
async function findOpenSummary(
  tx: Tx,
  companyId: bigint,
  place: Channel,
  since: Date,
): Promise<bigint | null> {
  const found = await tx.notice.findFirst({
    where: { companyId, ...isAt(place), state: 'merged', createdAt: { gt: since } },
    orderBy: { id: 'desc' },
    include: { whole: true },
  });
  return found?.whole?.kind === 'low_balance_summary' ? found.whole.id : null;
}

/** How many alerts of a place went by themselves lately. */
async function countSingle(tx: Tx, companyId: bigint, place: Channel, since: Date): Promise<number> {
  return await tx.notice.count({
    where: {
      companyId,
      ...isAt(place),
      createdAt: { gt: since },
      state: { in: ['pending', 'sent', 'failed'] },
    },
  });
}

async function openSummary(
  tx: Tx,
  { companyId, dedupeKey, facts, at }: Alert,
  place: Channel,
): Promise<bigint> {
  const { id } = await tx.notice.create({
    data: {
      companyId,
      dedupeKey: `summary:${place.channelId}:${dedupeKey}`,
      kind: 'low_balance_summary',
      teamId: place.teamId,
      channelId: place.channelId,
      facts: summarizeAlerts([facts]),
      revision: 1,
      state: 'pending',
      nextAttemptAt: at,
      createdAt: at,
    },
  });
  await enqueueDelivery(tx, { companyId, noticeId: id, channelId: place.channelId });
  return id;
}

async function addPart(
  tx: Tx,
  { companyId, dedupeKey, facts, at }: Alert,
  place: Channel,
  partOf: bigint,
): Promise<void> {
  const { teamId, channelId } = place;
  const told = { facts, state: 'merged', partOf, nextAttemptAt: null, createdAt: at } as const;
  await tx.notice.upsert({
    where: { companyId_dedupeKey: { companyId, dedupeKey } },
    create: { companyId, dedupeKey, kind: facts.kind, teamId, channelId, revision: 1, ...told },
    update: { ...told, teamId, channelId, revision: { increment: 1 } },
  });
}
