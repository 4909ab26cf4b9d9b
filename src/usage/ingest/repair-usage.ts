import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { correctUsage } from '../../ledger/index.ts';
import { readNumberKey } from '../../org/index.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { mergeLegs } from './merge-legs.ts';
import { prepareRating, readRatingState } from './prepare-rating.ts';
import type { RatedEvent } from './rate-event.ts';
import { readUnreadAgain, sweepInbox } from './sweep-inbox.ts';
import { storedEvent, type UsageEvent } from './usage-event.ts';
import { VENDOR_SOURCE } from './usage-sources.ts';

export interface Repair {
  /** Given to the office, department and member whose they are, by the directory as it is now. */
  attributed: number;
  /** Of the inbox: posted by now. */
  posted: number;
  stillUnattributed: number;
  stillWaiting: number;
  /** Events that can be read by now. */
  read: number;
}

const PAGE = 200;

/**
 * After the directory learned a number or a member, or a rate arrived: what was posted without an owner moves
 * to whose it is, at its own time and priced for them (R8), what had no rate is tried at once, and what could not be read is read again.
 */
export async function repairUsage(
  deps: IngestDeps & Pick<Parameters<typeof sweepInbox>[0], 'log'>,
  companyId: bigint,
): Promise<Repair> {
  const attributed = await attribute(deps, companyId);
  const read = await readUnreadAgain(deps, companyId);
  const waiting = () => deps.db.usageInbox.count({ where: { companyId, reason: { not: 'waiting' } } });
  const before = await waiting();
  await deps.db.usageInbox.updateMany({
    where: { companyId, reason: { not: 'waiting' } },
    data: { nextAttemptAt: deps.clock.now() },
  });
  await sweepInbox(deps, companyId);
  const stillWaiting = await waiting();
  return {
    attributed,
    read,
    posted: Math.max(0, before - stillWaiting),
    stillUnattributed: await deps.db.usageUnattributed.count({ where: { companyId } }),
    stillWaiting,
  };
}

async function attribute(deps: IngestDeps, companyId: bigint): Promise<number> {
  let moved = 0;
  for (let after = { source: '', externalId: '' }; ; ) {
    const rows = await deps.db.usageUnattributed.findMany({
      where: {
        companyId,
        OR: [
          { source: { gt: after.source } },
          { source: after.source, externalId: { gt: after.externalId } },
        ],
      },
      orderBy: [{ source: 'asc' }, { externalId: 'asc' }],
      take: PAGE,
    });
    for (const { source, event } of rows)
      moved += Number(await attributeOne(deps, { companyId, source }, storedEvent.parse(event)));
    const last = rows.at(-1);
    if (last === undefined) return moved;
    after = last;
  }
}

async function attributeOne(
  deps: IngestDeps,
  of: { companyId: bigint; source: string },
  posted: UsageEvent,
): Promise<boolean> {
  const rate = await prepareRating(deps.db, of, await readRatingState(deps.db, of), [posted]);
  if (!rate(posted).party.isAttributed) return false;
  return await inTransaction(deps.db, async (tx) => {
    let newest = await newestOf(tx, of, posted);
    for (let moved = ''; moved !== newest.version; newest = await newestOf(tx, of, posted)) {
      const rated = rate(newest);
      if (rated.usage === null) return false;
      // From here on no other transaction posts: a leg that was posted before is seen now, and one to come corrects this.
      await move(tx, deps, of.companyId, rated, rated.usage);
      moved = newest.version;
    }
    await tx.usageUnattributed.deleteMany({ where: { ...of, externalId: posted.externalId } });
    return true;
  });
}

/** More legs of a call may have come since it was listed. */
async function newestOf(
  tx: Tx,
  of: { companyId: bigint; source: string },
  posted: UsageEvent,
): Promise<UsageEvent> {
  if (of.source !== VENDOR_SOURCE) return posted;
  const [merged] = await mergeLegs(tx, { ...of, calls: [posted.externalId] });
  return merged ?? posted;
}

async function move(
  tx: Tx,
  deps: IngestDeps,
  companyId: bigint,
  { party }: RatedEvent,
  usage: NonNullable<RatedEvent['usage']>,
): Promise<void> {
  const whose = `${party.officeId ?? ''}/${party.departmentId ?? ''}/${party.memberId ?? ''}`;
  await correctUsage(tx, {
    companyId,
    numberKey: await readNumberKey(deps, companyId),
    usage,
    key: `attribute:${usage.source}:${usage.externalId}:${usage.version ?? 0n}:${whose}`,
    actor: 'operator',
    reason: 'The directory knows now whose this is',
    at: deps.clock.now(),
  });
}

export interface UnattributedLine {
  source: string;
  externalId: string;
  internalNumber: string | null;
  named: string;
  seenAt: Date;
}

/** What was posted to the primary office because its owner is unknown, the newest first. */
export async function listUnattributed(db: Db, companyId: bigint): Promise<UnattributedLine[]> {
  const rows = await db.usageUnattributed.findMany({
    where: { companyId },
    orderBy: { seenAt: 'desc' },
    take: 1_000,
  });
  return rows.map(({ source, externalId, event, seenAt }) => {
    const { internalNumber, party } = storedEvent.parse(event);
    return { source, externalId, internalNumber, named: Object.values(party).join(', '), seenAt };
  });
}
