/** Notices to people: stored, sent once, retried until delivered. The module's public API. */
export { deliverNotice, NoticeDeliveryError, type NoticeSender, sweepNotices } from './deliver-notice.ts';
export {
  addEndpoint,
  type Endpoint,
  type EndpointDeps,
  listEndpoints,
  removeEndpoint,
  removeEndpoints,
  testEndpoint,
} from './events/endpoints.ts';
export { recordEvent } from './events/record-event.ts';
export { sendEvents } from './events/send-events.ts';
export { sweepEndpoints, sweepSentEvents } from './events/sweep-endpoints.ts';
export {
  type ApprovalChange,
  type BundleFacts,
  type ClosedFor,
  type CompanyField,
  endOfPause,
  endOfSurprisePause,
  type InvoiceFacts,
  type LateRefundReason,
  type NoticeFacts,
  type NoticeKind,
  noticeFacts,
  SETTING_FIELDS,
  type SettingField,
  type SingleNotice,
  type SurpriseRule,
  surpriseRule,
} from './facts/index.ts';
export { dropHeld, leaveWorkspace } from './leave-workspace.ts';
export { type ListedNotice, listNotices } from './list-notices.ts';
export { oldNotices } from './old-notices.ts';
export { postNotice } from './post-notice.ts';
export { postQuestion, updateQuestion } from './post-question.ts';
export { postToAdmins } from './post-to-admins.ts';
export { releaseHeld, sweepQuietHours } from './quiet/end-quiet-hours.ts';
export {
  decodeQuietHours,
  encodeQuietHours,
  type QuietHours,
  readQuietEnd,
  readQuietHours,
  writeQuietHours,
} from './quiet/quiet-hours.ts';
export { resendFailed } from './resend-failed.ts';
export { resendNotice } from './resend-notice.ts';
export { reviseNotice } from './revise-notice.ts';
export { sweepEnforcement } from './sweep-enforcement.ts';
export { channelKind, NOTICE_TOPICS, type NoticeTopic } from './topics.ts';
export { isInUse, type RechargeCheck, watchBalance } from './watch-balance.ts';
