import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import { lockCompany, raiseOperatorNotice, resolveOperatorNotice } from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';

const EVERY_MS = 5 * MINUTE_MS;
const SILENT = 'usage-feed-silent';
const REFUSED = 'webhook-refused';
/** So many expected hours without usage are silence (R33). */
const SILENT_HOURS = 6;
/** What is expected is looked up for so many days back. */
const MAX_LOOK_BACK_DAYS = 14;

/** Watches the feeds of usage; looks every five minutes, whenever it is called. */
export function createSilenceSweep(deps: { db: Db; clock: Clock }): () => Promise<void> {
  let nextAtMs = 0;
  return async () => {
    const now = deps.clock.now().getTime();
    if (now < nextAtMs && now >= nextAtMs - EVERY_MS) return;
    nextAtMs = now + EVERY_MS;
    await sweepSilence(deps);
  };
}

/**
 * Notifies the operator once where the feed of a company's usage is silent, and where its phone system's events are refused
 * (R33); closes the notices when usage comes in again, and when nothing was refused for an hour.
 * Applies R33.1 and R33.2.
 */
export async function sweepSilence({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const at = clock.now();
  const rows = await readFeeds(db, at);
  await forEachCompany(rows, (feed) => inTransaction(db, (tx) => judgeFeed(tx, feed, at)));
}

interface Feed {
  companyId: bigint;
  /** Of the newest usage, by its own time. */
  lastAt: Date | null;
  /** Full hours since then in which there was usage in at least 3 of the 4 weeks before. */
  missedHours: number;
  isRefused: boolean;
}

/**
 * The companies for which a notice is to be raised or closed. The newest usage is one look into the index; only where it is
 * six hours old are the hours since compared, four looks an hour, so that the size of the books does not matter.
 */
async function readFeeds(db: Db, at: Date): Promise<Feed[]> {
  const sixHoursAgo = new Date(at.getTime() - SILENT_HOURS * HOUR_MS);
  const hourAgo = new Date(at.getTime() - HOUR_MS);
  return await db.$queryRaw<Feed[]>`
    WITH feed AS (
      SELECT company.id AS company_id, greatest(
        (SELECT bucket_at FROM usage_kind_rollup r
          WHERE r.company_id = company.id AND r.bucket_at <= ${at} ORDER BY r.bucket_at DESC LIMIT 1),
        (SELECT received_at FROM usage_inbox i WHERE i.company_id = company.id ORDER BY i.id DESC LIMIT 1)) AS last_at
      FROM company
    ), judged AS (
      SELECT feed.*,
        CASE WHEN last_at > ${sixHoursAgo} OR last_at IS NULL THEN 0 ELSE (
          SELECT count(*)::int FROM generate_series(
            greatest(date_trunc('hour', last_at) + interval '1 hour',
              date_trunc('hour', ${at}::timestamptz) - make_interval(days => ${MAX_LOOK_BACK_DAYS}::int)),
            date_trunc('hour', ${at}::timestamptz) - interval '1 hour', interval '1 hour') AS missed (hour)
          WHERE 3 <= (
            SELECT count(*) FROM generate_series(1, 4) AS weeks (back)
            WHERE EXISTS (SELECT 1 FROM usage_kind_rollup r WHERE r.company_id = feed.company_id
              AND r.bucket_at >= missed.hour - make_interval(weeks => back)
              AND r.bucket_at < missed.hour - make_interval(weeks => back) + interval '1 hour'))) END AS missed_hours,
        EXISTS (SELECT 1 FROM usage_webhook w WHERE w.company_id = feed.company_id AND w.revoked_at IS NULL
          AND w.refused_at > ${hourAgo}) AS is_refused
      FROM feed
    )
    SELECT company_id AS "companyId", last_at AS "lastAt", missed_hours AS "missedHours", is_refused AS "isRefused"
    FROM judged
    WHERE missed_hours >= ${SILENT_HOURS} OR is_refused OR EXISTS (
      SELECT 1 FROM operator_notice n WHERE n.company_id = judged.company_id AND n.resolved_at IS NULL
        AND n.kind IN (${SILENT}, ${REFUSED}))
    ORDER BY company_id`;
}

async function judgeFeed(
  tx: Tx,
  { companyId, lastAt, missedHours, isRefused }: Feed,
  at: Date,
): Promise<void> {
  await lockCompany(tx, companyId);
  const open = await tx.operatorNotice.findMany({
    where: { kind: { in: [SILENT, REFUSED] }, companyId, resolvedAt: null },
    select: { kind: true, since: true },
  });
  const silent = open.find(({ kind }) => kind === SILENT);
  if (silent === undefined && missedHours >= SILENT_HOURS) {
    const details = { lastUsageAt: lastAt?.toISOString() ?? null, hours: missedHours };
    await raiseOperatorNotice(tx, { kind: SILENT, companyId, details, at });
  }
  // Not where the weeks before have become silent, too: only usage ends it.
  if (silent !== undefined && missedHours < SILENT_HOURS && lastAt !== null && isFresh(lastAt, silent.since))
    await resolveOperatorNotice(tx, { kind: SILENT, companyId, at });
  const refused = open.some(({ kind }) => kind === REFUSED);
  if (isRefused && !refused) await raiseOperatorNotice(tx, { kind: REFUSED, companyId, at });
  if (!isRefused && refused) await resolveOperatorNotice(tx, { kind: REFUSED, companyId, at });
}

/** Usage of the six hours before the notice came late, and says as well that the feed is back. */
function isFresh(lastAt: Date, since: Date): boolean {
  return lastAt.getTime() > since.getTime() - SILENT_HOURS * HOUR_MS;
}
