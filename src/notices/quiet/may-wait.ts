import type { NoticeFacts, NoticeKind } from '../facts/index.ts';

type FactsOf<Kind extends NoticeKind> = Extract<NoticeFacts, { kind: Kind }>;
/** Whether a kind of notice may wait for the end of quiet hours: always, never, or by what it says. */
type Rule<Kind extends NoticeKind> = 'waits' | 'never' | ((facts: FactsOf<Kind>) => boolean);

/**
 * What quiet hours hold back in channels. Never out of credits, declined, paused, a dispute, a refund, a surprise or an approval;
 * direct messages are never held, as Slack lets each person pause theirs.
 */
const RULES: { readonly [Kind in NoticeKind]: Rule<Kind> } = {
  low_balance: ({ level }) => level === 'low',
  low_balance_summary: ({ counts }) => counts.out === 0,
  quiet_hours_summary: 'waits',
  spending_limit: ({ level }) => level < 100,
  receipt: 'waits',
  recharge: ({ status }) => ['added', 'needless', 'dropped'].includes(status),
  recharge_blocked: ({ isOver }) => isOver,
  recharge_settings: 'waits',
  approval: 'never',
  approval_answer: 'never',
  /** A person waits for the answer, as with an approval. */
  credit_request: ({ state }) => state !== 'open',
  credit_request_answer: 'never',
  bundle: ({ event }) => ['credited', 'ended', 'used', 'lapsing'].includes(event),
  invoice: ({ hasFailed, owedAgain }) => !hasFailed && owedAgain === null,
  card: ({ event }) => ['to_confirm', 'confirmed', 'expired'].includes(event),
  card_expiring: 'waits',
  dispute: 'never',
  refund: 'never',
  late_refund: 'never',
  payment_unconfirmed: ({ pausesRecharge }) => !pausesRecharge,
  settings: 'waits',
  spending_limit_change: 'waits',
  role_change: 'waits',
  company_moved: 'waits',
  company_status: 'never',
  credit_sharing: 'waits',
  credits_moved: 'waits',
  usage_waiting: 'waits',
  surprise: 'never',
  digest: 'waits',
  export_schedule: 'waits',
  phone_system: 'waits',
  no_channel: 'never',
};

/** Whether a notice may wait for the end of quiet hours. Applies R27.7. */
export function mayWait(facts: NoticeFacts): boolean {
  const rule = RULES[facts.kind] as Rule<NoticeKind>;
  return typeof rule === 'function' ? (rule as (facts: NoticeFacts) => boolean)(facts) : rule === 'waits';
}

/** Whether what a notice reports is over, so that it is left out after quiet hours. */
export function hasMended(facts: NoticeFacts): boolean {
  switch (facts.kind) {
    case 'low_balance':
      return facts.recovered !== null;
    case 'recharge_blocked':
      return facts.isOver;
    case 'recharge':
      return facts.status === 'needless';
    case 'spending_limit':
      return facts.changed !== null && !facts.changed.isReached;
    default:
      return false;
  }
}
