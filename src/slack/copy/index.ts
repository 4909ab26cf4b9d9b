/**
 * Every sentence people read in Slack, by feature. Money first, then what happened, then what to do; always what was
 * not done. One word for one thing: credits, balance, bundle, card, invoice, receipt, office.
 */
export { approvalWords } from './approvals.ts';
export { balanceWords } from './balance.ts';
export { bundleWords } from './bundles.ts';
export { cardWords } from './cards.ts';
export { exportWords, kindNames } from './export.ts';
export { generalWords } from './general.ts';
export { invoiceWords } from './invoices.ts';
export { moneyBackCopy } from './refunds.ts';
export { noticeWords } from './notices.ts';
export { peopleCopy } from './people.ts';
export { purchaseWords } from './purchase.ts';
export { rechargeWords } from './recharge.ts';
export { requestWords } from './requests.ts';
export { settingsWords } from './settings.ts';
export { sharingWords } from './sharing.ts';
export { usageWords } from './usage.ts';
export { usageWaitingCopy } from './usage-waiting.ts';
export { verificationWords } from './verification.ts';
export { whyWords } from './why.ts';
