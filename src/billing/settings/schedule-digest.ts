import { addDays, dayOf, mondayOf, monthOf, zonedTime } from '../../calendar.ts';
import type { DigestPeriod, Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';

/** When people begin to read. */
const HOUR = '09:00';

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
  const schedule = { every, nextAt: nextDigestAt(every, at, company.timeZone) };
  await tx.digestSchedule.upsert({
    where: { companyId },
    create: { companyId, ...schedule },
    update: schedule,
  });
}

/** The next Monday, or first of a month, at nine in the morning after an instant. */
export function nextDigestAt(every: DigestPeriod, after: Date, timeZone: string): Date {
  const today = dayOf(after, timeZone);
  const days =
    every === 'week'
      ? [0, 7].map((later) => addDays(mondayOf(today), later))
      : [0, -1].map((before) => `${monthOf(after, timeZone, before)}-01`);
  const found = days
    .map((day) => zonedTime(`${day} ${HOUR}`, timeZone))
    .find((at) => at !== undefined && at > after);
  return found ?? new Date(after.getTime() + DAY_MS);
}
