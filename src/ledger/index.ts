/** The shared ledger service: the book of record, and the only code that writes its tables. The room's only door. */
export { grantCredits, type NewGrant } from './grant-credits.ts';
export { openWallets } from './open-wallets.ts';
export { readBalance } from './read-balance.ts';
export type { Bundle, CompanyBalance, CreditKind, UsageClass, WalletBalance } from './types.ts';
