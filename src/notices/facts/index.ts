import { z } from 'zod';
import { approvals } from './approval.ts';
import { bundle } from './bundle.ts';
import { companyMoved } from './company-moved.ts';
import { creditRequests } from './credit-request.ts';
import { creditSharing } from './credit-sharing.ts';
import { creditsMoved } from './credits-moved.ts';
import { digest } from './digest.ts';
import { invoice } from './invoice.ts';
import { lowBalance } from './low-balance.ts';
import { card, cardExpiring, dispute, lateRefund, paymentUnconfirmed, receipt, refund } from './payment.ts';
import { phoneSystem } from './phone-system.ts';
import { recharge, rechargeBlocked, rechargeSettings } from './recharge.ts';
import { roleChange } from './role-change.ts';
import { settings } from './settings.ts';
import { spendingLimit, spendingLimitChange } from './spending-limit.ts';
import { surprise } from './surprise.ts';
import { usageWaiting } from './usage-waiting.ts';

/**
 * What each kind of notice says, as facts: no sentences, no markup. A surface turns them into words.
 * Amounts are decimal dollars, instants ISO 8601.
 */
export const noticeFacts = z.discriminatedUnion('kind', [
  receipt,
  card,
  cardExpiring,
  dispute,
  refund,
  lateRefund,
  paymentUnconfirmed,
  lowBalance,
  recharge,
  rechargeBlocked,
  rechargeSettings,
  bundle,
  invoice,
  settings,
  roleChange,
  companyMoved,
  creditSharing,
  creditsMoved,
  usageWaiting,
  surprise,
  digest,
  phoneSystem,
  spendingLimit,
  spendingLimitChange,
  ...approvals,
  ...creditRequests,
]);

export type NoticeFacts = z.infer<typeof noticeFacts>;
export type NoticeKind = NoticeFacts['kind'];
export type { ApprovalChange } from './approval.ts';
export type { BundleFacts } from './bundle.ts';
export type { InvoiceFacts } from './invoice.ts';
export type { LateRefundReason } from './payment.ts';
export { type CompanyField, SETTING_FIELDS, type SettingField } from './settings.ts';
export { type SurpriseRule, surpriseRule } from './surprise.ts';
export type { ClosedFor } from './values.ts';
