import type { LimitSubject } from '../../src/ledger/index.ts';

/** A usage as it is booked last. */
export interface OracleUsage {
  officeId: bigint;
  departmentId: bigint | null;
  memberId: bigint | null;
  usageAt: Date;
  costMicros: bigint;
}

export interface OracleLimit {
  subject: LimitSubject;
  period: 'month' | 'day';
  amountMicros: bigint;
  levels: readonly number[];
  isInForce: boolean;
  /** The day by which the period is called in which `notified` was the highest level. */
  day: string;
  notified: number;
}

/**
 * Spending limits the slow way: a usage counts where its local day is of the present month, or the present day. No sums, no
 * instants, no SQL.
 */
export class LimitsOracle {
  readonly usages = new Map<string, OracleUsage>();
  readonly limits = new Map<string, OracleLimit>();
  timeZone = 'UTC';

  static key(subject: LimitSubject, period: 'month' | 'day'): string {
    return `${Object.values(subject).join(':')} ${period}`;
  }

  spent(limit: OracleLimit, now: Date): bigint {
    const today = this.#dayOf(now);
    const isCounted = (usage: OracleUsage): boolean => {
      const day = this.#dayOf(usage.usageAt);
      return limit.period === 'day' ? day === today : day.slice(0, 7) === today.slice(0, 7);
    };
    let sum = 0n;
    for (const usage of this.usages.values())
      if (isCounted(usage) && isOf(limit.subject, usage)) sum += usage.costMicros;
    return sum;
  }

  set(limit: Omit<OracleLimit, 'isInForce' | 'day' | 'notified'>, now: Date): void {
    const key = LimitsOracle.key(limit.subject, limit.period);
    const before = this.limits.get(key);
    const isSame =
      before?.isInForce === true &&
      before.amountMicros === limit.amountMicros &&
      before.levels.join() === limit.levels.join();
    if (!isSame) {
      const set = { ...limit, isInForce: true, day: before?.day ?? '', notified: before?.notified ?? 0 };
      this.#begin(set, now);
      set.notified = Math.min(set.notified, this.#reached(set, now));
      this.limits.set(key, set);
    }
    this.judge(now);
  }

  /** Notifies of what was reached since. */
  judge(now: Date): void {
    for (const limit of this.limits.values()) {
      if (!limit.isInForce) continue;
      this.#begin(limit, now);
      limit.notified = Math.max(limit.notified, this.#reached(limit, now));
    }
  }

  #begin(limit: OracleLimit, now: Date): void {
    const today = this.#dayOf(now);
    const day = limit.period === 'day' ? today : `${today.slice(0, 7)}-01`;
    if (limit.day === day) return;
    limit.day = day;
    limit.notified = 0;
  }

  #reached(limit: OracleLimit, now: Date): number {
    const spent = this.spent(limit, now);
    if (spent <= 0n) return 0;
    return Math.max(0, ...limit.levels.filter((level) => spent * 100n >= limit.amountMicros * BigInt(level)));
  }

  #dayOf(at: Date): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: this.timeZone }).format(at);
  }
}

function isOf(subject: LimitSubject, usage: OracleUsage): boolean {
  if (subject.kind === 'office') return usage.officeId === subject.officeId;
  return subject.kind === 'department'
    ? usage.departmentId === subject.departmentId
    : usage.memberId === subject.memberId;
}
