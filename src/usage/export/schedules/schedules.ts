import type { Clock } from '../../../clock.ts';
import { type Db, type DigestPeriod, inTransaction, type Queryable, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import {
  actorOf,
  type Company,
  findPerson,
  isCompanyAdmin,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../../org/index.ts';
import { lastReportPeriod, nextReportAt } from '../../../report-periods.ts';
import { allowQuery } from '../allow-query.ts';
import type { ExportQuery } from '../types.ts';

type Deps = { db: Db; clock: Clock };
export type ScheduleRow = NonNullable<Awaited<ReturnType<Queryable['exportSchedule']['findFirst']>>>;

/** Of one company. */
const MAX_SCHEDULES = 50;

/** What a person chose in the form: one of a person and a channel. */
export interface ScheduleChoice {
  every: DigestPeriod;
  toUserId: string | null;
  toChannel: string | null;
  /** Empty: all that may be seen. */
  officeIds: readonly bigint[];
  categories: readonly string[];
}

/**
 * Schedules an export of usage every week or month. A person who may export it may schedule it, and only to a person who may see it
 * themselves (`recipient`: they may not). Throws RefillError `not-allowed` for offices that are not the asker's.
 */
export async function scheduleExport(
  deps: Deps,
  asker: Person,
  choice: ScheduleChoice,
): Promise<
  { outcome: 'scheduled'; schedule: ScheduleRow } | { outcome: 'recipient' } | { outcome: 'too_many' }
> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asker);
    const { company, teamId, userId } = person;
    const query = queryOf(choice, company, at);
    allowQuery(person, query);
    if (!(await mayReceive(tx, company.id, { teamId, userId: choice.toUserId ?? userId }, query)))
      return { outcome: 'recipient' };
    if ((await tx.exportSchedule.count({ where: { companyId: company.id } })) >= MAX_SCHEDULES)
      return { outcome: 'too_many' };
    const schedule = await tx.exportSchedule.create({
      data: {
        companyId: company.id,
        teamId,
        byUserId: userId,
        toUserId: choice.toUserId,
        toChannel: choice.toChannel,
        every: choice.every,
        officeIds: [...choice.officeIds],
        categories: [...choice.categories],
        createdAt: at,
        nextAt: nextReportAt(choice.every, at, company.timeZone),
      },
    });
    await recordSchedule(tx, schedule, { actor: actorOf(person), action: 'export-scheduled', at });
    return { outcome: 'scheduled', schedule };
  });
}

/** The schedules that a person may end: their own, and a company admin each; the oldest first. */
export async function listSchedules(db: Queryable, person: Person): Promise<ScheduleRow[]> {
  return await db.exportSchedule.findMany({ where: endableBy(person), orderBy: { id: 'asc' } });
}

/** Ends a schedule; does nothing where it has ended. Throws RefillError `not-allowed` for another's. */
export async function endSchedule(deps: Deps, asker: Person, id: bigint): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asker);
    const schedule = await tx.exportSchedule.findFirst({ where: { companyId: person.company.id, id } });
    if (schedule === null) return;
    if ((await tx.exportSchedule.count({ where: { ...endableBy(person), id } })) === 0)
      throw new RefillError('not-allowed', 'Only its owner or a company admin ends a schedule.');
    await removeSchedule(tx, schedule, { actor: actorOf(person), at: deps.clock.now() });
  });
}

/** Takes a schedule away; kept in the audit. */
export async function removeSchedule(
  tx: Tx,
  schedule: ScheduleRow,
  { actor, at }: { actor: string; at: Date },
): Promise<void> {
  const { companyId, id } = schedule;
  await tx.exportSchedule.delete({ where: { companyId_id: { companyId, id } } });
  await recordSchedule(tx, schedule, { actor, action: 'export-schedule-ended', at });
}

/** Whether a person may see this usage now. */
export async function mayReceive(
  tx: Tx,
  companyId: bigint,
  who: { teamId: string; userId: string },
  query: ExportQuery,
): Promise<boolean> {
  const person = await findPerson(tx, who);
  if (person === null || person.company.id !== companyId) return false;
  try {
    allowQuery(person, query);
    return true;
  } catch (error) {
    if (error instanceof RefillError && error.code === 'not-allowed') return false;
    throw error;
  }
}

/** What a schedule exports at an instant: the last whole period of the company's zone. */
export function queryOf(
  { every, officeIds, categories }: Pick<ScheduleChoice, 'every' | 'officeIds' | 'categories'>,
  { timeZone }: Pick<Company, 'timeZone'>,
  at: Date,
): ExportQuery {
  const period = lastReportPeriod(every, at, timeZone);
  if (period === null) throw new RefillError('bad-time-zone', 'The zone has no such period.');
  return {
    ...period,
    ...(officeIds.length === 0 ? {} : { officeIds: [...officeIds] }),
    ...(categories.length === 0 ? {} : { categories: [...categories] }),
  };
}

const endableBy = (person: Person) => ({
  companyId: person.company.id,
  ...(isCompanyAdmin(person) ? {} : { teamId: person.teamId, byUserId: person.userId }),
});

async function recordSchedule(
  tx: Tx,
  { companyId, id, every, toUserId, toChannel }: ScheduleRow,
  { actor, action, at }: { actor: string; action: 'export-scheduled' | 'export-schedule-ended'; at: Date },
): Promise<void> {
  const details = { schedule: id.toString(), every, to: toUserId ?? toChannel };
  const surface = actor === 'operator' ? 'operator' : 'slack';
  await recordAudit(tx, { companyId, at, actor, surface, action, details });
}
