/** The shared ledger service: the book of record, and the only code that writes its tables. The module's public API. */
export { type Correction, correctUsage } from './correct-usage.ts';
export { type Debit, debitCredits } from './debit-credits.ts';
export { createDigestSweep } from './digest/close-days.ts';
export {
  type BooksDigest,
  digestBooks,
  requireSoundDigests,
  signLastDigest,
} from './digest/digest-books.ts';
export type { DigestSigner } from './digest/digest-head.ts';
export { readLastDigests } from './digest/read-digests.ts';
export { signDigestsAnew } from './digest/sign-anew.ts';
export { eraseNumbers, forgetNumbers } from './erase-numbers.ts';
export { expireHolds } from './expire-holds.ts';
export { type Explanation, explainBalance } from './explain-balance.ts';
export {
  type DayByDay,
  type ExplainedLine,
  explainByDay,
  type LineCursor,
} from './explain-by-day.ts';
export { explainUsage, type PayingGrant, type UsageExplanation } from './explain-usage.ts';
export { extendHold } from './extend-hold.ts';
export {
  listDueLimits,
  rollSpendingLimits,
  storeNotifiedLevel,
  wakeLimits,
} from './follow-spending-limits.ts';
export { grantCredits, type NewGrant } from './grant-credits.ts';
export { judgeUsage } from './judge-usage.ts';
export { type Lapse, lapseExpired, listDueLapses } from './lapse-expired.ts';
export { asLedgerCall, noBook } from './ledger-error.ts';
export { listLowGeneral } from './list-low-general.ts';
export { type BookedUsage, listUsage, type UsageCursor } from './list-usage.ts';
export { lockBook } from './lock-book.ts';
export { type CreditMove, moveCredits } from './move-credits.ts';
export { openWallets } from './open-wallets.ts';
export { keyNumbers, newSalt } from './personal-facts.ts';
export { type HoldLimit, holdLimit, type NewHold, placeHold } from './place-hold.ts';
export { postUsage, type UsageBatch } from './post-usage.ts';
export { isOnQuarterHours, QUARTER_HOUR_MS } from './quarter-hours.ts';
export { readBalance } from './read-balance.ts';
export { type PastBalance, readBalanceAt } from './read-balance-at.ts';
export { type BalancePoint, readBalanceSeries } from './read-balance-series.ts';
export { readRemainingByOrigin } from './read-remaining-by-origin.ts';
export { readRemainingGrants } from './read-remaining-grants.ts';
export { listReversals, type ReversibleGrant, readReversibleGrants } from './read-reversals.ts';
export { readSpendingLimits, type SpendingLimit } from './read-spending-limits.ts';
export {
  type EntryPart,
  type EntryType,
  readStatement,
  type StatementEntry,
  type StatementPage,
} from './read-statement.ts';
export { refundUsage, type UsageRefund } from './refund-usage.ts';
export { releaseHold } from './release-hold.ts';
export { restoreGrant } from './restore-grant.ts';
export { type Reversal, reverseGrant } from './reverse-grant.ts';
export { type ScopeChange, setPooled } from './set-pooled.ts';
export { endSpendingLimit, setSpendingLimit } from './set-spending-limit.ts';
export { setWatch } from './set-watch.ts';
export { readUsageAnswer, settleHold, toUsageParameter } from './settle-hold.ts';
export type { LimitPeriod, LimitSubject } from './spending-limit.ts';
export { ERASED_NUMBER, streamUsage, type UsageFields, type UsageSnapshot } from './stream-usage.ts';
export { createLedgerSweep, createNightlyVerify, sweepLedger } from './sweep-ledger.ts';
export type {
  Bundle,
  CompanyBalance,
  CreditKind,
  Level,
  NewUsage,
  UsageClass,
  UsageOutcome,
  UsageRejection,
  WalletBalance,
  WatchClass,
} from './types.ts';
export { type UsageOfDay, usageByDay } from './usage-by-day.ts';
export type { UsageFilter } from './usage-filter.ts';
export type { TotalsBy } from './usage-sums.ts';
export { type UsageTotal, usageTotals } from './usage-totals.ts';
export type { Check, Finding } from './verify/finding.ts';
export { verifyDatabase } from './verify/verify-database.ts';
export { type VerifyOptions, type VerifySummary, verifyLedger } from './verify/verify-ledger.ts';
export { wakeWatch } from './wake-watch.ts';
