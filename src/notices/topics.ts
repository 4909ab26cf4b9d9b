import { z } from 'zod';
import type { NoticeKind } from './facts/index.ts';

/**
 * What companies choose channels for; what has none of its own goes to the company's general channel. Applies R27.3.
 */
export const NOTICE_TOPICS = ['low_balance', 'purchases', 'bundles', 'billing'] as const;
export type NoticeTopic = (typeof NOTICE_TOPICS)[number];
/** What `notice_channel.kind` stores: a topic, or `any` for the company's general channel. */
export const channelKind = z.enum(['any', ...NOTICE_TOPICS]);

const TOPICS: Record<NoticeKind, NoticeTopic> = {
  low_balance: 'low_balance',
  low_balance_summary: 'low_balance',
  quiet_hours_summary: 'billing',
  spending_limit: 'low_balance',
  receipt: 'purchases',
  recharge: 'purchases',
  recharge_blocked: 'purchases',
  recharge_settings: 'purchases',
  approval: 'purchases',
  approval_answer: 'purchases',
  credit_request: 'purchases',
  credit_request_answer: 'purchases',
  bundle: 'bundles',
  invoice: 'billing',
  card: 'billing',
  card_expiring: 'billing',
  dispute: 'billing',
  refund: 'billing',
  late_refund: 'billing',
  payment_unconfirmed: 'billing',
  settings: 'billing',
  spending_limit_change: 'billing',
  role_change: 'billing',
  company_moved: 'billing',
  company_status: 'billing',
  credit_sharing: 'billing',
  credits_moved: 'billing',
  usage_waiting: 'billing',
  surprise: 'low_balance',
  digest: 'billing',
  export_schedule: 'billing',
  phone_system: 'billing',
  no_channel: 'billing',
};

/** The topic of a kind of notice. */
export function topicOf(kind: NoticeKind): NoticeTopic {
  return TOPICS[kind];
}
