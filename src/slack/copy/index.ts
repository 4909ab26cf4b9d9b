/**
 * Every sentence people read in Slack, by feature. Money first, then what happened, then what to do; always what was
 * not done. One word for one thing: credits, balance, bundle, card, invoice, receipt, office.
 */
export { approvalCopy } from './approvals.ts';
export { auditCopy } from './audit.ts';
export { balanceCopy } from './balance.ts';
export { balanceAlertCopy } from './balance-alerts.ts';
export { bundleCopy } from './bundles.ts';
export { cardCopy } from './cards.ts';
export { digestCopy } from './digest.ts';
export { exportCopy, kindNames } from './export.ts';
export { scheduleCopy } from './export-schedules.ts';
export { generalCopy } from './general.ts';
export { homeCopy } from './home.ts';
export { invoiceCopy } from './invoices.ts';
export { limitCopy } from './limits.ts';
export { moveCopy } from './move.ts';
export { peopleCopy } from './people.ts';
export { phoneSystemCopy } from './phone-system.ts';
export { purchaseCopy } from './purchase.ts';
export { quietHoursCopy } from './quiet-hours.ts';
export { receiptCopy } from './receipts.ts';
export { rechargeCopy } from './recharge.ts';
export { moneyBackCopy } from './refunds.ts';
export { requestCopy } from './requests.ts';
export { settingsCopy } from './settings.ts';
export { sharingCopy } from './sharing.ts';
export { surpriseCopy } from './surprises.ts';
export { usageCopy } from './usage.ts';
export { usageWaitingCopy } from './usage-waiting.ts';
export { verificationCopy } from './verification.ts';
export { whyCopy } from './why.ts';
