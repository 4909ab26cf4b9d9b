import { z } from 'zod';
import { fromMicros, type Money } from '../money.ts';

/** Whose usage a spending limit counts, by whom it is reported for (R31). */
export type LimitSubject =
  | { kind: 'office'; officeId: bigint }
  | { kind: 'department'; departmentId: bigint }
  | { kind: 'member'; memberId: bigint };

/** A month, or a day, of the company's time zone. */
export type LimitPeriod = 'month' | 'day';

/** The limit that refused a hold, with its amount, what was spent and what was held. */
export interface RefusingLimit {
  limitId: bigint;
  subject: LimitSubject;
  period: LimitPeriod;
  amount: Money;
  /** What usage of the period has cost, and what other holds keep back. */
  spent: Money;
  held: Money;
}

/** The columns of a limit that name its subject. */
interface SubjectIds {
  officeId: bigint | null;
  departmentId: bigint | null;
  memberId: bigint | null;
}

export function toSubject({ officeId, departmentId, memberId }: SubjectIds): LimitSubject {
  if (officeId !== null) return { kind: 'office', officeId };
  if (departmentId !== null) return { kind: 'department', departmentId };
  if (memberId !== null) return { kind: 'member', memberId };
  throw new RangeError('a spending limit is of an office, a department or a person');
}

export function subjectIds(subject: LimitSubject): SubjectIds {
  return {
    officeId: subject.kind === 'office' ? subject.officeId : null,
    departmentId: subject.kind === 'department' ? subject.departmentId : null,
    memberId: subject.kind === 'member' ? subject.memberId : null,
  };
}

const bigint = z.string().transform((text) => BigInt(text));

/** What a refused hold answers of the limit. */
export const refusingLimit = z
  .object({
    id: bigint,
    officeId: bigint.nullable(),
    departmentId: bigint.nullable(),
    memberId: bigint.nullable(),
    period: z.enum(['month', 'day']),
    amountMicros: bigint,
    spentMicros: bigint,
    heldMicros: bigint,
  })
  .transform(
    (limit): RefusingLimit => ({
      limitId: limit.id,
      subject: toSubject(limit),
      period: limit.period,
      amount: fromMicros(limit.amountMicros),
      spent: fromMicros(limit.spentMicros),
      held: fromMicros(limit.heldMicros),
    }),
  );
