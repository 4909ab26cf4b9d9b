import { z } from 'zod';
import type { BillingPeriod } from '../calendar.ts';
import type { Money } from '../money.ts';

/** A kind of credit (R2). Applies R2.1 and R2.2. */
export type CreditKind = 'general' | 'calling' | 'ai';
/** A class of usage (R2): what may spend which kinds, and what debt is kept by. */
export type UsageClass = 'calls' | 'ai';

/** What is watched of a wallet: what a class can spend, and the general credits that a recharge tops up (R11, R27). */
export type WatchClass = UsageClass | 'general';

/** A bundle in force: what was credited for the period, what remains, and when the remainder lapses. */
export interface Bundle {
  kind: 'calling' | 'ai';
  amount: Money;
  remaining: Money;
  /** How long one lasts: a month's resets at its end, a year's ends (R3). */
  period: BillingPeriod;
  expiresAt: Date;
}

/** `low`: below the level it is watched for. `out`: nothing left, so the class is interrupted (R6). */
export type Level = 'ok' | 'low' | 'out';

/** What one office, or the company's pool (`officeId` null), has. */
export interface WalletBalance {
  walletId: bigint;
  officeId: bigint | null;
  general: Money;
  calling: Money;
  ai: Money;
  /** What usage cost after credits ran out, per class (R6). Never negative. */
  debt: Record<UsageClass, Money>;
  /** Kept back for usage under way. */
  held: Record<UsageClass, Money>;
  /** What a class of this office can spend now, without bundles that are over or have not begun, wherever it is paid from; at zero or below it is interrupted (R5, R6). */
  available: Record<UsageClass, Money>;
  /** General credits less debt of both classes, and less what holds take beyond their bundle: may be negative (R11). */
  freeGeneral: Money;
  /** How each class stands by what it can spend, and the general credits by `freeGeneral`, which are never out. */
  level: Record<WatchClass, Level>;
  /** The level below which a job is woken; null: not watched. */
  watch: Record<WatchClass, Money | null>;
  bundles: Bundle[];
}

export interface CompanyBalance {
  at: Date;
  pooled: boolean;
  /** The pool first, then the offices. */
  wallets: WalletBalance[];
}

/** One thing that was used, rated: the facts, and what they cost. */
export interface NewUsage {
  /** The endpoint it came through, e.g. `dialpad`, `api`: set by the endpoint, never by the body (R23). */
  source: string;
  /** The record's key within its source. */
  externalId: string;
  /** Null, or one without credits of its own, counts to the primary office and is posted as its (R5). */
  officeId: bigint | null;
  departmentId: bigint | null;
  memberId: bigint | null;
  class: UsageClass;
  /** R21, e.g. `international`. */
  category: string;
  direction: 'inbound' | 'outbound';
  /** The other party's number, and the company's own. */
  externalNumber: string | null;
  internalNumber: string | null;
  /** Answer time of a call, sent or received time of a message (R7). */
  usageAt: Date;
  durationMs: number;
  billedSeconds: number;
  /** Segments, pages, conversations; 1 for a call. */
  quantity: number;
  cost: Money;
  /** A description of how the cost came about; not one of the facts. */
  price: string | null;
  /** Which event of its sender's this is, where those are numbered or dated: the newest wins (R23). 0 by default. */
  version?: bigint;
}

/** Why a record was not posted. */
export const usageRejection = z.enum(['future', 'too-old', 'negative-cost', 'bad-facts']);
export type UsageRejection = z.infer<typeof usageRejection>;

/**
 * What one record came to. `duplicate`: the same facts were posted under this key before; `conflict`: something
 * else was, and the caller decides by the version posted of it. Neither changes anything that was used or paid.
 */
export type UsageOutcome =
  | { outcome: 'posted' | 'duplicate' }
  | { outcome: 'conflict'; bookedVersion: bigint }
  | { outcome: 'rejected'; reason: UsageRejection };
