import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../../db/index.ts';
import { postToAdmins, readQuietEnd } from '../../../notices/index.ts';
import { type Company, findCompany, lockCompany } from '../../../org/index.ts';
import { EachCompany } from '../../../queue/index.ts';
import { nextReportAt } from '../../../report-periods.ts';
import { newToken } from '../../../token.ts';
import { enqueueExport, storeQuery } from '../export-rows.ts';
import { fileNameFor } from '../file-name.ts';
import { mayReceive, queryOf, removeSchedule, type ScheduleRow } from './schedules.ts';

/**
 * Asks for the exports that are due, each period's once, by the path of all exports. After an outage the last whole period is made
 * up for, no earlier one. A channel's waits while it is quiet there. Applies R26.3.
 */
export async function sweepSchedules({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const now = clock.now();
  const due = await db.exportSchedule.findMany({
    where: { nextAt: { lte: now } },
    select: { companyId: true, id: true },
    orderBy: { nextAt: 'asc' },
  });
  const each = new EachCompany();
  for (const { companyId, id } of due)
    await each.work(companyId, () =>
      inTransaction(db, async (tx) => {
        await lockCompany(tx, companyId);
        const schedule = await tx.exportSchedule.findFirst({
          where: { companyId, id, nextAt: { lte: now } },
        });
        const company = await findCompany(tx, companyId);
        // Another process may have made it meanwhile.
        if (schedule !== null && company !== null) await makeExport(tx, company, schedule, now);
      }),
    );
  each.end();
}

async function makeExport(tx: Tx, company: Company, schedule: ScheduleRow, at: Date): Promise<void> {
  const { companyId, id, teamId, byUserId, toUserId, toChannel, every } = schedule;
  if (toChannel !== null && (await readQuietEnd(tx, companyId, at)) !== null) return;
  const query = queryOf(schedule, company, at);
  for (const userId of new Set([byUserId, toUserId ?? byUserId]))
    if (!(await mayReceive(tx, companyId, { teamId, userId }, query))) {
      await endForRole(tx, schedule, userId, at);
      return;
    }
  const nextAt = nextReportAt(every, at, company.timeZone);
  await tx.exportSchedule.update({ where: { companyId_id: { companyId, id } }, data: { nextAt } });
  const row = await tx.usageExport.create({
    data: {
      companyId,
      token: newToken(),
      state: 'queued',
      teamId,
      userId: toUserId ?? byUserId,
      scheduledBy: byUserId,
      askedIn: toChannel,
      toChannel,
      filter: storeQuery(query),
      timeZone: company.timeZone,
      fileName: fileNameFor(query, company.timeZone),
      createdAt: at,
      askedAt: at,
      nextRunAt: at,
    },
  });
  await enqueueExport(tx, row);
}

/** Who set it up, or gets it, may not see that usage any more: it ends, and the company admins are notified. */
async function endForRole(tx: Tx, schedule: ScheduleRow, lostUserId: string, at: Date): Promise<void> {
  const { companyId, id, every, byUserId, toUserId, toChannel } = schedule;
  await removeSchedule(tx, schedule, { actor: 'operator', at });
  await postToAdmins(tx, companyId, {
    key: `export-schedule:${id}`,
    at,
    facts: () => ({ kind: 'export_schedule', every, lostUserId, byUserId, toUserId, toChannel }),
  });
}
