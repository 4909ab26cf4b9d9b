import type { DigestPeriod, Tx } from '../../db/index.ts';
import { nextReportAt } from '../../report-periods.ts';

/** Has a company's spending summed up every week or month from now on; null: never. */
export async function scheduleDigest(
  tx: Tx,
  company: { id: bigint; timeZone: string },
  every: DigestPeriod | null,
  at: Date,
): Promise<void> {
  const companyId = company.id;
  if (every === null) {
    await tx.digestSchedule.deleteMany({ where: { companyId } });
    return;
  }
  const schedule = { every, nextAt: nextReportAt(every, at, company.timeZone) };
  await tx.digestSchedule.upsert({
    where: { companyId },
    create: { companyId, ...schedule },
    update: schedule,
  });
}
