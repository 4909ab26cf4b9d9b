/** What people are told, kept so that nothing is lost and nothing is said twice. The room's only door. */
export { deliverNotice, NoticeDeliveryError, type NoticeSender, sweepNotices } from './deliver-notice.ts';
export type { BundleFacts, InvoiceFacts, NoticeFacts, NoticeKind } from './facts.ts';
export { postNotice } from './post-notice.ts';
export { type RechargeCheck, watchBalance } from './watch-balance.ts';
