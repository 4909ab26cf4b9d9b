import { dayOf, daysPeriod, monthAround, type Period } from '../calendar.ts';
import type { Clock } from '../clock.ts';
import type { Db, Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type LimitPeriod, type LimitSubject, usageTotals } from '../ledger/index.ts';
import { dollars, type Money } from '../money.ts';
import { type Company, canLimit, type Person } from '../org/index.ts';
import type { LimitChoice } from './change-limit.ts';
import { reachedLevel, readLevels, requireLimitAmount } from './limit-levels.ts';
import { listLimits } from './list-limits.ts';
import { isSameSubject, type NamedSubject, nameSubjects } from './name-subjects.ts';

export interface LimitReview extends LimitChoice {
  named: NamedSubject;
  /** The limit that is in force; null: none. */
  before: Money | null;
  /** What usage of the present period has cost already. */
  spent: Money;
  /** Whether the limit would be reached from the start. */
  isReached: boolean;
}

/** What a limit would be, before it is set. Throws what `setLimit` throws. */
export async function reviewLimit(
  { db, clock }: { db: Db; clock: Clock },
  person: Person,
  choice: LimitChoice,
): Promise<LimitReview> {
  const at = clock.now();
  const { company } = person;
  const { subject, period } = choice;
  const amount = requireLimitAmount(choice.amount);
  const levels = readLevels(choice.levels);
  const [named] = await nameSubjects(db, company.id, [subject]);
  if (named === undefined)
    throw new RefillError('place-unknown', 'That office, department or person is not known any more.');
  if (!canLimit(person, named.office.id))
    throw new RefillError('not-allowed', 'Only admins of that office may limit what it spends.');
  const before = (await listLimits(db, company.id, at)).find(
    (each) => each.period === period && isSameSubject(each.subject, subject),
  );
  const spent = before?.spent ?? (await sumUsage(db, company, subject, periodAround(period, company, at)));
  const isReached = reachedLevel({ amount, spent, levels }) === 100;
  return { subject, period, amount, levels, named, before: before?.amount ?? null, spent, isReached };
}

function periodAround(period: LimitPeriod, { timeZone }: Company, at: Date): Period {
  if (period === 'month') return monthAround(at, timeZone);
  const day = dayOf(at, timeZone);
  const found = daysPeriod(day, day, timeZone);
  if (found === null) throw new RangeError(`${day} is no day`);
  return found;
}

async function sumUsage(
  db: Queryable,
  company: Company,
  subject: LimitSubject,
  period: Period,
): Promise<Money> {
  const totals = await usageTotals(db, {
    companyId: company.id,
    ...period,
    ...(subject.kind === 'office' ? { officeIds: [subject.officeId] } : {}),
    ...(subject.kind === 'department' ? { departmentIds: [subject.departmentId] } : {}),
    ...(subject.kind === 'member' ? { memberIds: [subject.memberId] } : {}),
    by: [],
  });
  return totals[0]?.cost ?? dollars('0');
}
