import type { Tx } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';
import type { RechargeChoice } from '../recharge-choice.ts';
import type { ConfirmedOrder } from './order.ts';

/**
 * What happens in one feature and concerns others. A feature registers handlers; who announces a moment knows none of
 * them. Each is announced in the transaction that it is part of, under the company's lock.
 */
export interface Moments {
  /** A paid order was credited; `order`: as it was charged. */
  orderSettled: { order: ConfirmedOrder; receiptNumber: bigint; at: Date };
  /** Another card may be charged from now on (R14). */
  cardUsable: { companyId: bigint; at: Date };
  /** Somebody lost a role; `who` is a Slack user (R30). */
  roleRevoked: { company: Company; who: { teamId: string; userId: string }; at: Date };
  /** A company leaves its workspace: what its people began there cannot be finished (R30). */
  companyMoves: { company: Company; at: Date };
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

/** The moments whose handlers say what they closed. */
type ClosingMoment = 'roleRevoked' | 'companyMoves';

type Handler<K extends keyof Moments> = (
  tx: Tx,
  moment: Moments[K],
) => K extends ClosingMoment ? Promise<Partial<Closed>> : Promise<void>;

/** A feature's handlers, by moment. */
export type MomentHandlers = { [K in keyof Moments]?: Handler<K> };

const registered = new Map<string, MomentHandlers>();

/** Has a feature's handlers called, after those of the features registered before it. */
export function registerMoments(feature: string, handlers: MomentHandlers): void {
  registered.set(feature, handlers);
}

/** Calls the handlers of a moment one after the other; returns what they closed in all. Throws what a handler throws. */
export async function announce<K extends keyof Moments>(
  name: K,
  tx: Tx,
  moment: Moments[K],
): Promise<Closed> {
  const sum: Closed = { approvals: 0, requests: 0, drafts: 0 };
  for (const handlers of registered.values()) {
    const closed = (await handlers[name]?.(tx, moment)) as Partial<Closed> | undefined;
    sum.approvals += closed?.approvals ?? 0;
    sum.requests += closed?.requests ?? 0;
    sum.drafts += closed?.drafts ?? 0;
  }
  return sum;
}
