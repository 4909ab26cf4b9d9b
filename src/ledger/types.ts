import type { Money } from '../money.ts';

/** A kind of credit (R2). */
export type CreditKind = 'general' | 'calling' | 'ai';
/** A class of usage (R2): what may spend which kinds, and what debt is kept by. */
export type UsageClass = 'calls' | 'ai';

/** A bundle in force: what was credited for the period, what is left, and when the rest lapses. */
export interface Bundle {
  kind: 'calling' | 'ai';
  amount: Money;
  remaining: Money;
  expiresAt: Date;
}

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
  /** What a class of this office can spend, wherever it is paid from; at zero or below it is interrupted (R5, R6). */
  available: Record<UsageClass, Money>;
  /** The level below which people are told; null: not watched. */
  watch: Record<UsageClass, Money | null>;
  bundles: Bundle[];
}

export interface CompanyBalance {
  at: Date;
  pooled: boolean;
  /** The pool first, then the offices. */
  wallets: WalletBalance[];
}
