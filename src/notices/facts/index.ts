import { z } from 'zod';
import { quietHoursSummary } from './quiet-hours-summary.ts';
import { singleNotice } from './single-notice.ts';

/**
 * What each kind of notice says, as facts: no sentences, no markup. A surface turns them into words.
 * Amounts are decimal dollars, instants ISO 8601.
 */
export const noticeFacts = z.discriminatedUnion('kind', [...singleNotice.options, quietHoursSummary]);

export type NoticeFacts = z.infer<typeof noticeFacts>;
export type NoticeKind = NoticeFacts['kind'];
/** A notice that is not made of others. */
export type SingleNotice = z.infer<typeof singleNotice>;
export type { ApprovalChange } from './approval.ts';
export type { BundleFacts } from './bundle.ts';
export type { InvoiceFacts } from './invoice.ts';
export type { LateRefundReason } from './payment.ts';
export { type CompanyField, SETTING_FIELDS, type SettingField } from './settings.ts';
export { type SurpriseRule, surpriseRule } from './surprise.ts';
export { type ClosedFor, endOfPause, endOfSurprisePause } from './values.ts';
