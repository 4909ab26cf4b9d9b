import type { Money } from '../../money.ts';
import type { Company, Office } from '../../org/index.ts';
import type { RechargeChoice } from '../recharge-choice.ts';

/** Whether each office uses credits of its own, or all use the company's (R5). */
export type CreditSharing = 'per_office' | 'company';

/** Credits of one wallet before a change, with what is set for them. */
export interface SharedWallet {
  walletId: bigint;
  general: Money;
  /** Of both classes. */
  debt: Money;
  /** General credits that nothing waits for: what auto-recharge compares (R11). */
  free: Money;
  /** What is left of bundles. */
  bundles: Money;
  /** How auto-recharge was set; null: never. */
  recharge: RechargeChoice | null;
  /** Why auto-recharge is on and not made. */
  pausedFor: 'declined' | 'no_card' | 'refunded' | 'unconfirmed' | 'surprise' | null;
  /** What was refunded, where that is why. */
  pausedMicros: bigint | null;
  lowBelow: Money | null;
}

export interface OfficeWallet extends SharedWallet {
  office: Office;
  /** What the office's own usage cost in the last 30 days; AI counts to the primary office (R5). */
  used: Money;
}

/** Everything that a change of credit sharing depends on, read at one moment. */
export interface SharingState {
  company: Company;
  sharing: CreditSharing;
  pool: SharedWallet;
  /** The primary office first. */
  offices: [OfficeWallet, ...OfficeWallet[]];
  /** Bundles and recurring credits of the pool. */
  poolSubscriptions: { id: bigint; name: string }[];
  /** What closes with the change. */
  approvals: number;
  requests: number;
  /** Recharges that wait for their next try. */
  waiting: number;
  /** Orders that are being paid: the change is refused meanwhile. */
  underWay: { reference: string; amount: Money }[];
  /** Who may buy from then on: company admins, and office admins of each office where credits are per office. */
  buyers: { companyAdmins: string[]; officeAdmins: { officeId: bigint; userIds: string[] }[] };
}

/** Auto-recharge and the low-balance level of some credits from the change on; officeId null: the pool's. */
export interface WalletChoice extends RechargeChoice {
  officeId: bigint | null;
  lowBelow: Money | null;
}

/** What somebody wants a change of credit sharing to be. */
export interface SharingChoice {
  to: CreditSharing;
  /** Ending: how much of the pool's general credits each office but the primary gets; dollars and cents. */
  shares: { officeId: bigint; amount: Money }[];
  /** Sharing: one, the pool's. Ending: one for each office. */
  wallets: WalletChoice[];
}

/** What is wrong with a choice, and the figure to say it with. */
export interface SharingFault {
  field: 'share' | 'threshold' | 'amount' | 'cap' | 'low_below';
  officeId: bigint | null;
  code:
    | 'amount-below-minimum'
    | 'amount-above-maximum'
    | 'amount-below-threshold'
    | 'cap-below-amount'
    | 'above-pool'
    | 'not-cents'
    | 'not-positive';
  limit: Money;
}

/** What a change does to some credits. */
export interface WalletEffect {
  officeId: bigint | null;
  name: string;
  general: Money;
  debt: Money;
  /** What moves in: positive, or out: negative, of general credits and of debt. */
  moves: { general: Money; debt: Money };
  /** The figure is not fixed: the credits may change until the change is made. */
  isAbout: boolean;
  recharge: WalletChoice | null;
  /** What is in force at once where the choice needs a second admin; null: nothing is, or all of it is (R9). */
  rechargeUntilApproved: RechargeChoice | null;
  needsApproval: boolean;
  /** Credits are below the threshold after the change: this much at most is charged at once. */
  chargesNow: Money | null;
  /** That is the recharge amount several times, which limits may lower. */
  chargesMultiple: boolean;
}

export interface SharingReview {
  token: string;
  from: CreditSharing;
  to: CreditSharing;
  effects: WalletEffect[];
  /** Bundles stay where they are; those of the pool go to the primary office. */
  movedSubscriptions: string[];
  approvals: number;
  requests: number;
  waiting: number;
  /** The limit above which a second admin approves. */
  approvalAbove: Money | null;
  buyers: SharingState['buyers'];
  primary: Office;
}
