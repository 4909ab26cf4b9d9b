import { z } from 'zod';
import { approvals } from './approval.ts';
import { bundle } from './bundle.ts';
import { companyMoved } from './company-moved.ts';
import { companyStatus } from './company-status.ts';
import { creditRequests } from './credit-request.ts';
import { creditSharing } from './credit-sharing.ts';
import { creditsMoved } from './credits-moved.ts';
import { digest } from './digest.ts';
import { exportSchedule } from './export-schedule.ts';
import { invoice } from './invoice.ts';
import { lowBalance } from './low-balance.ts';
import { lowBalanceSummary } from './low-balance-summary.ts';
import { noChannel } from './no-channel.ts';
import { card, cardExpiring, dispute, lateRefund, paymentUnconfirmed, receipt, refund } from './payment.ts';
import { phoneSystem } from './phone-system.ts';
import { recharge, rechargeBlocked, rechargeSettings } from './recharge.ts';
import { roleChange } from './role-change.ts';
import { settings } from './settings.ts';
import { spendingLimit, spendingLimitChange } from './spending-limit.ts';
import { surprise } from './surprise.ts';
import { usageWaiting } from './usage-waiting.ts';

/** Every kind of notice that one feature renders. */
export const singleNotice = z.discriminatedUnion('kind', [
  receipt,
  card,
  cardExpiring,
  dispute,
  refund,
  lateRefund,
  paymentUnconfirmed,
  lowBalance,
  lowBalanceSummary,
  recharge,
  rechargeBlocked,
  rechargeSettings,
  bundle,
  invoice,
  settings,
  roleChange,
  companyMoved,
  companyStatus,
  creditSharing,
  creditsMoved,
  usageWaiting,
  surprise,
  digest,
  exportSchedule,
  phoneSystem,
  noChannel,
  spendingLimit,
  spendingLimitChange,
  ...approvals,
  ...creditRequests,
]);
