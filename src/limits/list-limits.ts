import type { Queryable } from '../db/index.ts';
import { readSpendingLimits, type SpendingLimit } from '../ledger/index.ts';
import { dollars, type Money } from '../money.ts';
import { canLimit, managedDepartments, type Person, visibleOffices } from '../org/index.ts';
import { percentSpent, reachedLevel } from './limit-levels.ts';
import { type NamedSubject, nameSubjects } from './name-subjects.ts';

/** A spending limit as it stands. */
export interface LimitState extends SpendingLimit {
  named: NamedSubject;
  percent: number;
  /** What may still be held for it; never less than nothing. */
  room: Money;
  /** The highest level that what was spent has reached; 0: none. */
  level: number;
}

/** One's own limit, as a person sees it who sees no costs. */
export interface OwnLimit {
  period: SpendingLimit['period'];
  percent: number;
  isReached: boolean;
  to: Date;
}

/** A company's limits that are in force, offices first, then departments, then people, each by name. Applies R31.8. */
export async function listLimits(db: Queryable, companyId: bigint, at: Date): Promise<LimitState[]> {
  const limits = await readSpendingLimits(db, companyId, at);
  const named = await nameSubjects(
    db,
    companyId,
    limits.map(({ subject }) => subject),
  );
  return limits.flatMap((limit) => describeLimit(limit, named) ?? []).toSorted(inOrder);
}

/** A limit with its name and how far it is used; null where whose it is is not known any more. */
export function describeLimit(limit: SpendingLimit, named: readonly NamedSubject[]): LimitState | null {
  const own = named.find(({ subject }) => subject === limit.subject);
  if (own === undefined) return null;
  const room = limit.amount.minus(limit.spent).minus(limit.held);
  return {
    ...limit,
    named: own,
    percent: percentSpent(limit),
    room: room.isNegative() ? dollars('0') : room,
    level: reachedLevel(limit),
  };
}

const ORDER = { office: 0, department: 1, member: 2 };

function inOrder(a: LimitState, b: LimitState): number {
  return (
    ORDER[a.subject.kind] - ORDER[b.subject.kind] ||
    a.named.name.localeCompare(b.named.name, 'en') ||
    a.period.localeCompare(b.period)
  );
}

/**
 * The limits that a person sees with what was spent: company admins all, the others those of the offices and departments
 * whose usage they see and of the people there (R30). One's own is seen by everybody, in per cent.
 */
export async function listLimitsFor(
  db: Queryable,
  person: Person,
  at: Date,
): Promise<{ limits: (LimitState & { mayChange: boolean })[]; own: OwnLimit[] }> {
  const all = await listLimits(db, person.company.id, at);
  const offices = new Set(visibleOffices(person).map(({ id }) => id));
  const departments = new Set(managedDepartments(person));
  const isSeen = ({ named }: LimitState): boolean =>
    offices.has(named.office.id) || (named.departmentId !== null && departments.has(named.departmentId));
  return {
    limits: all
      .filter(isSeen)
      .map((limit) => ({ ...limit, mayChange: canLimit(person, limit.named.office.id) })),
    own: all
      .filter(({ named }) => named.slackUserId === person.userId)
      .map(({ period, percent, level, to }) => ({ period, percent, isReached: level === 100, to })),
  };
}
