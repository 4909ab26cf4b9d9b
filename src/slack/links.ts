/**
 * The ids of buttons by which one feature leads to another, which registers them. Whoever shows such a button imports
 * nothing of the feature that answers it.
 */
export const LINK_IDS = {
  /** Only opens an address outside Slack, which reports the click all the same. */
  openLink: 'open_link',
  addCredits: 'add_credits',
  approvalApprove: 'approval_approve',
  approvalDecline: 'approval_decline',
  /** A purchase that clears what the named credits are overdrawn by. */
  addToResume: 'add_to_resume',
  auditShow: 'audit_show',
  bundleShow: 'bundle_show',
  cardShow: 'card_show',
  invoicesShow: 'invoices_show',
  /** Opens the list of spending limits. */
  limitsShow: 'limits_show',
  limitsOpen: 'limits_open',
  /** Opens the form of a spending limit: that of the limit it names, else a new one's. */
  limitSet: 'limit_set',
  paymentVerify: 'payment_verify',
  peopleOpen: 'people_open',
  peopleShow: 'people_show',
  quietOpen: 'quiet_open',
  receiptFile: 'receipt_file',
  receiptsShow: 'receipts_show',
  rechargeCap: 'recharge_cap',
  rechargeOff: 'recharge_off',
  rechargeResume: 'recharge_resume',
  rechargeShow: 'recharge_show',
  requestAdd: 'request_add',
  requestDecline: 'request_decline',
  requestOpen: 'request_open',
  /** Opens the list of scheduled exports. */
  schedulesOpen: 'export_schedules_open',
  settingsOpen: 'settings_open',
  sharingOpen: 'sharing_open',
  usageExportOpen: 'usage_export_open',
  usageShow: 'usage_show',
  whyShow: 'why_show',
} as const;
