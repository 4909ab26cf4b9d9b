import { HOUR_MS } from '../../src/durations.ts';
import { type Class, type Hold, type ModelUsage, sum } from './ledger-model-wallet.ts';

/** Hour 0 of the model, in UTC. */
const BEGINNING = Date.UTC(2026, 10, 2);

export type Period = 'month' | 'day';

/** A spending limit of an office, in cents (R31). */
interface Limit {
  office: string;
  period: Period;
  amount: number;
}

/** What limits count: every usage as it is booked last, and every hold. */
interface Counted {
  usages: readonly ModelUsage[];
  holds: readonly Hold[];
  now: number;
}

/** Spending limits the slow way: nothing is added up before somebody asks. */
export class ModelLimits {
  readonly #limits = new Map<string, Limit>();

  set(limit: Limit): void {
    this.#limits.set(`${limit.office} ${limit.period}`, limit);
  }

  /** False where there is none in force. */
  end(office: string, period: Period): boolean {
    return this.#limits.delete(`${office} ${period}`);
  }

  /** Whether what is spent and held, with so much more, is over a limit of the hold's office. */
  refuses(hold: { class: Class; office: string | null }, amount: number, counted: Counted): boolean {
    return [...this.#limits.values()].some(
      (limit) => limit.office === officeOf(hold) && amount + spentAndHeld(limit, counted) > limit.amount,
    );
  }

  /** Each limit with what is spent and what is held of it, by name. */
  figures(counted: Counted): string[] {
    return [...this.#limits.values()].map(
      (limit) =>
        `${limit.office} ${limit.period} ${limit.amount} ${spent(limit, counted)} ${held(limit, counted)}`,
    );
  }
}

const officeOf = ({ office }: { office: string | null }): string => office ?? 'main';

function spentAndHeld(limit: Limit, counted: Counted): number {
  return spent(limit, counted) + held(limit, counted);
}

function spent({ office, period }: Limit, { usages, now }: Counted): number {
  const ofPeriod = usages.filter(
    (usage) => officeOf(usage) === office && nameOf(usage.at, period) === nameOf(now, period),
  );
  return sum(ofPeriod.map(({ cost }) => cost));
}

function held({ office }: Limit, { holds }: Counted): number {
  const open = holds.filter((hold) => hold.state === 'open' && officeOf(hold) === office);
  return sum(open.map(({ own, paid }) => own.amount + paid.amount));
}

/** The day or the month of an hour, in UTC. */
function nameOf(hours: number, period: Period): string {
  return new Date(BEGINNING + hours * HOUR_MS).toISOString().slice(0, period === 'day' ? 10 : 7);
}
