import type { Tx } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';
import type { RechargeChoice } from '../recharge-choice.ts';
import type { ConfirmedOrder, PricedOrder } from './order.ts';

/**
 * What happens in one feature and concerns others. A feature registers handlers; who announces a moment knows none of
 * them. Each is announced in the transaction that it is part of, under the company's lock.
 */
export interface Moments {
  /** A paid order was credited; `order`: as it was charged. */
  orderSettled: { order: ConfirmedOrder; receiptNumber: bigint; at: Date };
  /** Whether an order was paid is not known after a day (R15). */
  orderStuck: { order: ConfirmedOrder; at: Date };
  /** It is known, or was given up; `order`: as it was when it was stuck. */
  orderUnstuck: { order: PricedOrder; at: Date };
  /** Another card may be charged from now on (R14). */
  cardUsable: { companyId: bigint; at: Date };
  /** The small charge that verifies a new card was declined: the card is not used, and charges that waited for it keep waiting (R13). */
  cardCheckFailed: { companyId: bigint; at: Date };
  /** Somebody lost a role; `who` is a Slack user (R30). */
  roleRevoked: { company: Company; who: { teamId: string; userId: string }; at: Date };
  /** A refund took its part of a credit: which wallets had it, and the refund in micro-dollars (R16). */
  creditRefunded: { companyId: bigint; walletIds: readonly bigint[]; amount: bigint; at: Date };
  /** A company leaves its workspace: what its people began there cannot be finished (R30). */
  companyMoves: { company: Company; at: Date };
  /** A company is closed: what its people and the clock began there ends. */
  companyCloses: { company: Company; at: Date };
  /** A suspension is about to end; answered with how many billing periods were over meanwhile (R30). */
  companyResumes: { company: Company; at: Date };
  /** Credits are about to be shared otherwise: what was begun for them as they were is closed (R5). */
  sharingChanges: { company: Company; at: Date };
  /** Credits are shared otherwise now: auto-recharge of each wallet is as `recharges` says (R5). */
  sharingChanged: { company: Company; actor: string; recharges: readonly WalletRecharge[]; at: Date };
}

/** Auto-recharge of a wallet after credits are shared otherwise. */
export interface WalletRecharge {
  walletId: bigint;
  officeId: bigint | null;
  /** What is in force from now on; null: it stays unset. */
  inForce: RechargeChoice | null;
  /** Why it is paused though it is on, and at which amount; null: it is not. */
  paused: { pausedFor: string; pausedMicros: bigint | null } | null;
  /** What a second admin is asked about; `chargesNow`: credits are below its threshold. */
  asked: { choice: RechargeChoice; chargesNow: boolean } | null;
}

/** How many open things a handler closed. */
export interface Closed {
  approvals: number;
  requests: number;
  drafts: number;
}

/** What a handler answers, by moment; nothing about the others. */
interface Answers {
  /** Whether it paused auto-recharge. */
  orderStuck: boolean;
  roleRevoked: Partial<Closed>;
  companyMoves: Partial<Closed>;
  companyCloses: Partial<Closed>;
  companyResumes: number;
  /** The credits, by name, whose charges wait for a card. */
  cardCheckFailed: readonly string[];
  /** The wallets whose auto-recharge it paused. */
  creditRefunded: readonly bigint[];
}

type Handler<K extends keyof Moments> = (
  tx: Tx,
  moment: Moments[K],
) => K extends keyof Answers ? Promise<Answers[K]> : Promise<void>;

type Answer<K extends keyof Moments> = Awaited<ReturnType<Handler<K>>>;

/** A feature's handlers, by moment. */
export type MomentHandlers = { [K in keyof Moments]?: Handler<K> };

const registered = new Map<string, MomentHandlers>();

/** Registers a feature's handlers, to be called after those of the features registered before it. */
export function registerMoments(feature: string, handlers: MomentHandlers): void {
  registered.set(feature, handlers);
}

/** Calls the handlers of a moment one after the other; returns what each answers. Throws what a handler throws. */
export async function announce<K extends keyof Moments>(
  name: K,
  tx: Tx,
  moment: Moments[K],
): Promise<Answer<K>[]> {
  const answers: Answer<K>[] = [];
  for (const handlers of registered.values()) {
    const handler = handlers[name] as Handler<K> | undefined;
    if (handler !== undefined) answers.push(await handler(tx, moment));
  }
  return answers;
}

/** What handlers closed in all. */
export function sumClosed(answers: readonly Partial<Closed>[]): Closed {
  const sum: Closed = { approvals: 0, requests: 0, drafts: 0 };
  for (const { approvals = 0, requests = 0, drafts = 0 } of answers) {
    sum.approvals += approvals;
    sum.requests += requests;
    sum.drafts += drafts;
  }
  return sum;
}
