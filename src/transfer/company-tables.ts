/** A table of which a company's file has rows. */
export interface CompanyTable {
  table: string;
  /** SQL for columns that are not written as they are: secrets, and what this installation alone is to do. */
  replaced?: Readonly<Record<string, string>>;
  /** SQL for which of the company's rows; all of them where it is left out. */
  where?: string;
}

/** The tables in the order in which they are imported: each after those that it refers to. */
export const COMPANY_TABLES: readonly CompanyTable[] = [
  { table: 'company' },
  // Before the offices: the trigger that opens an office's wallet finds the one that it had.
  { table: 'wallet' },
  { table: 'book' },
  { table: 'office' },
  { table: 'department' },
  // Matched again by their addresses, in the workspace that the company is linked to then.
  { table: 'member', replaced: { slack_user_id: 'NULL', slack_look_at: 'NULL', slack_answer: 'NULL' } },
  { table: 'phone_number' },
  { table: 'role_assignment' },
  { table: 'number_key' },
  { table: 'credit_grant' },
  { table: 'entry' },
  { table: 'entry_split' },
  { table: 'usage_record' },
  { table: 'posting' },
  { table: 'hold' },
  { table: 'hold_request' },
  { table: 'usage_rollup' },
  { table: 'usage_kind_rollup' },
  { table: 'usage_member_rollup' },
  { table: 'entry_rollup' },
  { table: 'wallet_summed' },
  { table: 'book_digest' },
  { table: 'usage_leg' },
  { table: 'usage_inbox' },
  { table: 'usage_unattributed' },
  { table: 'usage_from_file' },
  { table: 'spending_limit' },
  { table: 'spend_hour' },
  { table: 'spend_summed' },
  { table: 'surprise' },
  // For the receipts: without its token at the processor nothing can be charged to a card, so it counts as removed.
  {
    table: 'card',
    replaced: {
      processor_id: `format('left-out-%s-%s', company_id, id)`,
      is_default: 'false',
      is_fallback: 'false',
      removed_at: 'coalesce(removed_at, now())',
    },
  },
  {
    table: 'card_check',
    where: 'resolved_at IS NOT NULL AND (charged_at IS NULL OR refunded_at IS NOT NULL)',
    replaced: { statement_encrypted: 'NULL', action_url: 'NULL', next_poll_at: 'NULL' },
  },
  {
    table: 'bundle',
    where: `id IN (SELECT unnest(ARRAY[bundle_id, next_bundle_id]) FROM subscription WHERE company_id = $company)`,
  },
  { table: 'subscription' },
  { table: 'purchase_order', replaced: { view_id: 'NULL', reply_url: 'NULL', retry_at: 'NULL' } },
  { table: 'order_line' },
  { table: 'payment_attempt', replaced: { action_url: 'NULL', cancel_due_at: 'NULL' } },
  { table: 'subscription_period' },
  { table: 'dispute', replaced: { next_poll_at: 'NULL' } },
  { table: 'refund', replaced: { next_poll_at: 'NULL' } },
  { table: 'operator_refund' },
  { table: 'approval' },
  { table: 'credit_request' },
  { table: 'credit_adjustment' },
  { table: 'recharge_setting' },
  { table: 'invoice' },
  { table: 'invoice_item' },
  { table: 'invoice_payment' },
  { table: 'invoice_claim', replaced: { next_poll_at: 'NULL' } },
  { table: 'invoice_file', where: `state IN ('sent', 'failed')` },
  { table: 'billing_details' },
  { table: 'balance_alert' },
  { table: 'enforcement' },
  { table: 'notice_channel' },
  // What was not delivered yet is delivered by the installation that it waits in.
  {
    table: 'notice',
    replaced: {
      state: `CASE WHEN state IN ('pending', 'held') THEN 'dropped'::notice_state ELSE state END`,
      next_attempt_at: 'NULL',
    },
  },
  { table: 'digest_schedule' },
  { table: 'quiet_hours' },
  { table: 'export_schedule' },
  { table: 'usage_export', where: 'finished_at IS NOT NULL', replaced: { next_run_at: 'NULL' } },
  { table: 'audit' },
];

/** The tables that are in no company's file, and why. A table of the schema stands here or above; a test holds that. */
export const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'connections with their secrets, which are made anew': [
    'api_key',
    'usage_webhook',
    'event_endpoint',
    'directory_source',
    'workspace',
    'link_code',
    'card_link',
    'processor_customer',
  ],
  'what these connections have under way': ['outgoing_event', 'invoice_mirror', 'draft'],
  'made anew by the import': ['book_digest_head', 'directory_version'],
  'the installation’s own': [
    'applied_function_file',
    'delivery_seen',
    'instance',
    'invoice_counter',
    'link_attempt',
    'operator_notice',
    'processor_sweep',
    'rate_deck',
    'rate_row',
    'usage_conversion',
    'verification',
    'worker_heartbeat',
  ],
};
