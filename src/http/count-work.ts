import { type Db, Prisma } from '../db/index.ts';
import { HOUR_MS } from '../durations.ts';
import { IS_DEAD_JOB_SQL } from '../queue/index.ts';

/** A worker beats every second; after so long a silence it is counted as gone. */
const ALIVE = '10 seconds';

/** Figures of the whole installation, each with what an operator reads it as. */
export const GAUGES = {
  notices_pending: 'Notices that are not sent yet',
  notices_failed: 'Notices that cannot be sent until something is changed',
  orders_charging: 'Orders that are being charged',
  orders_unknown: 'Orders of which the card processor has not said yet whether they were charged',
  orders_stuck: 'Orders of which it has not said so for a day',
  operator_notices_open: 'Operator notices that are not resolved',
  directories_failing: 'Phone systems whose directory was not read the last time',
  jobs_waiting: 'Jobs that wait or run',
  jobs_dead: 'Jobs that are not tried again',
  jobs_oldest_due_seconds: 'How long the job that is due the longest has waited for a worker',
  workers_alive: 'Workers that were seen within ten seconds, each of which runs one job at a time',
  usage_waiting: 'Records of usage that are not posted yet',
  usage_oldest_waiting_seconds: 'How long the oldest of them has waited',
  recharges_paused: 'Auto-recharge settings that are on and paused',
  declines_last_hour: 'Payments that a bank declined within the hour',
  payments_failed_by_us_last_hour: 'Payments that failed within the hour for a reason that is not a bank’s',
  verification_timestamp_seconds: 'When the books were last verified, by night or by hand; 0 before',
  verification_findings: 'What that verification found',
} as const;
export type GaugeName = keyof typeof GAUGES;

/** Counts all of them by one statement; ages of jobs and workers are by the database's clock, as their rows are. */
export async function countWork(db: Db, now: Date): Promise<Record<GaugeName, number>> {
  const hourAgo = new Date(now.getTime() - HOUR_MS);
  const [row] = await db.$queryRaw<Record<GaugeName, bigint | number>[]>`
    SELECT
      (SELECT count(*) FROM notice WHERE state = 'pending') AS notices_pending,
      (SELECT count(*) FROM notice WHERE state = 'failed') AS notices_failed,
      (SELECT count(*) FROM purchase_order WHERE state IN ('confirmed', 'charging')) AS orders_charging,
      (SELECT count(*) FROM purchase_order WHERE state = 'unknown') AS orders_unknown,
      (SELECT count(*) FROM purchase_order WHERE state = 'stuck') AS orders_stuck,
      (SELECT count(*) FROM operator_notice WHERE resolved_at IS NULL) AS operator_notices_open,
      (SELECT count(*) FROM directory_source WHERE outcome <> 'done') AS directories_failing,
      (SELECT count(*) FROM graphile_worker.jobs) AS jobs_waiting,
      (SELECT count(*) FROM graphile_worker.jobs AS job WHERE ${Prisma.raw(IS_DEAD_JOB_SQL)}) AS jobs_dead,
      (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(run_at)), 0)::float8 FROM graphile_worker.jobs AS job
        WHERE run_at <= clock_timestamp() AND locked_by IS NULL AND NOT ${Prisma.raw(IS_DEAD_JOB_SQL)}) AS jobs_oldest_due_seconds,
      (SELECT count(*) FROM worker_heartbeat WHERE seen_at > clock_timestamp() - ${ALIVE}::interval) AS workers_alive,
      (SELECT count(*) FROM usage_inbox) AS usage_waiting,
      (SELECT coalesce(greatest(extract(epoch FROM ${now} - min(received_at)), 0), 0)::float8 FROM usage_inbox)
        AS usage_oldest_waiting_seconds,
      (SELECT count(*) FROM recharge_setting WHERE is_on AND paused_for IS NOT NULL) AS recharges_paused,
      (SELECT count(*) FROM payment_attempt WHERE finished_at > ${hourAgo} AND state = 'failed'
        AND failure_kind IN ('declined', 'challenged')) AS declines_last_hour,
      (SELECT count(*) FROM payment_attempt WHERE finished_at > ${hourAgo} AND state = 'failed'
        AND failure_kind = 'refused') AS payments_failed_by_us_last_hour,
      coalesce((SELECT extract(epoch FROM max(finished_at)) FROM verification), 0)::float8 AS verification_timestamp_seconds,
      coalesce((SELECT findings FROM verification ORDER BY day DESC LIMIT 1), 0) AS verification_findings`;
  if (row === undefined) throw new Error('the database counted nothing');
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<
    GaugeName,
    number
  >;
}

/** Figures by a label, each with what an operator reads it as. */
export const LABELLED_GAUGES = {
  operator_notices: { help: 'Operator notices that are not resolved, by kind', label: 'kind' },
  usage_inbox: { help: 'Records of usage that are not posted yet, by why', label: 'reason' },
  jobs_queued: { help: 'Jobs that wait, run or are dead, by name', label: 'job' },
} as const;
export type LabelledGauge = keyof typeof LABELLED_GAUGES;

/** Counts all of them by one statement. */
export async function countByLabel(
  db: Db,
): Promise<{ gauge: LabelledGauge; label: string; count: number }[]> {
  return await db.$queryRaw`
    SELECT 'operator_notices' AS gauge, kind AS label, count(*)::int AS count FROM operator_notice
      WHERE resolved_at IS NULL GROUP BY kind
    UNION ALL SELECT 'usage_inbox', reason, count(*)::int FROM usage_inbox GROUP BY reason
    UNION ALL SELECT 'jobs_queued', task_identifier, count(*)::int FROM graphile_worker.jobs GROUP BY task_identifier`;
}
