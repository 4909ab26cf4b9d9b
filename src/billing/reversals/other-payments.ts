import type { Queryable } from '../../db/index.ts';
import type { Money } from '../../money.ts';
import type { BillingDeps } from '../deps.ts';

/** A refund or dispute of a payment, as the processor has it now. */
export interface ForeignClaim {
  kind: 'refund' | 'dispute';
  id: string;
  intentId: string | null;
  /** As the processor calls it. */
  state: string;
  /** Whether the money is taken back now. */
  isTaken: boolean;
  amount: Money;
  /** When the processor is to be asked again; null: never. */
  nextPollAt: Date | null;
}

/** Payments at the processor that are a feature's and no order's, such as those of invoices. */
export interface OtherPayments {
  /** Its table of payments, by `intent_id`. */
  readonly payments: string;
  /** Its table of what takes them back: `kind`, `processor_id`, `state`, `next_poll_at`. */
  readonly claims: string;
  /** The state of a claim as it is stored; null: none is. */
  readState(db: Queryable, processorId: string): Promise<string | null>;
  /** Follows a claim; false where its row has moved on since its state was read. Ignores payments that are not its own. */
  follow(deps: BillingDeps, claim: ForeignClaim, known: string | null): Promise<boolean>;
}

const registered: OtherPayments[] = [];

/** Has refunds and disputes of a feature's own payments followed by it. */
export function registerOtherPayments(payments: OtherPayments): void {
  registered.push(payments);
}

/** The features with payments of their own. */
export function listOtherPayments(): readonly OtherPayments[] {
  return registered;
}

/** The state in which a refund or dispute of another payment than an order's is stored; null: it is not. */
export async function readOtherState(db: Queryable, processorId: string): Promise<string | null> {
  for (const payments of registered) {
    const state = await payments.readState(db, processorId);
    if (state !== null) return state;
  }
  return null;
}

/** Has a refund or dispute of a payment that is no order's followed by whose payment it is; false where its row moved on. */
export async function followOtherPayment(
  deps: BillingDeps,
  claim: ForeignClaim,
  known: string | null,
): Promise<boolean> {
  for (const payments of registered) if (!(await payments.follow(deps, claim, known))) return false;
  return true;
}
