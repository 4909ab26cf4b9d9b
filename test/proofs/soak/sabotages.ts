import type { Sabotage } from '../../support/sabotage.ts';

/** Ways to break the ledger's writer that the model must notice; each is a mistake that somebody makes somewhere. */
export const sabotages: Record<string, Sabotage> = {
  /** The oldest grant pays first, not the one that ends first (R4). */
  'burn-order': {
    name: 'ledger_consume',
    from: 'ORDER BY credit_grant.kind, credit_grant.expires_at,',
    to: 'ORDER BY credit_grant.kind,',
  },
  /** A bundle pays on after its end (R7). */
  'expired-pays': { name: 'ledger_consume', from: 'AND p_burn < credit_grant.expires_at', to: '' },
  /** A usage by itself is paid by the bundle that ends last (R4). */
  'lone-order': {
    name: 'ledger_post_single',
    from: 'ORDER BY credit_grant.kind, credit_grant.expires_at,',
    to: 'ORDER BY credit_grant.kind, credit_grant.expires_at DESC,',
  },
  /** A usage by itself is paid by a bundle that is over (R7). */
  'lone-expired': {
    name: 'ledger_post_single',
    from: ' AND v_usage.usage_at[1] < credit_grant.expires_at',
    to: '',
  },
  /** Of shared credits, a usage by itself leaves the office's own bundle as it is (R5). */
  'lone-shared': {
    name: 'ledger_post_single',
    from: 'IF v_wallet.calling_micros > 0 THEN',
    to: 'IF false THEN',
  },
  /** General credits leave debt of AI as it is (R6). */
  'debt-unfilled': {
    name: 'ledger_plan_fill',
    from: "ai := CASE WHEN p_kind IN ('general', 'ai')",
    to: "ai := CASE WHEN p_kind IN ('ai')",
  },
  /** A micro-dollar is missing of what a grant gets back. */
  'micro-lost': {
    name: 'ledger_return',
    from: 'least(v_rest, v_consumed.amount)',
    to: 'least(v_rest, v_consumed.amount - 1)',
  },
  /** Whatever comes under a known key is taken for the same (R23). */
  'conflict-unseen': {
    name: 'ledger_judge_usage',
    from: "WHEN given.last[1] = given.facts THEN 'duplicate'",
    to: "WHEN given.last[1] IS NOT NULL THEN 'duplicate'",
  },
  /** Bundles lapse at their end, without the grace (R7). */
  'lapse-early': {
    name: 'ledger_lapse',
    from: "expires_at <= p_at - interval '6 hours'",
    to: 'expires_at <= p_at',
  },
  /** A refund goes to what was drawn first instead of last (R8). */
  'refund-order': {
    name: 'ledger_return',
    from: 'ORDER BY consumed.rank',
    to: 'ORDER BY consumed.rank DESC',
  },
  /** A hold that was settled is settled again by another usage. */
  'settled-twice': { name: 'ledger_settle_hold', from: ' OR v_known <> v_settled', to: '' },
  /** What a correction replaces stays in the quarter-hours (R25). */
  'rollup-kept': {
    name: 'ledger_revise_usage',
    from: 'PERFORM ledger_count_usage(p_book, ledger_usages_of(p_old), -1);',
    to: '',
  },
  /** What other holds keep back leaves a spending limit as much room as before (R31). */
  'limit-unheld': {
    name: 'ledger_refusing_limit',
    from: 'WHERE limits.spent_micros + limits.held + p_amount > limits.amount_micros',
    to: 'WHERE limits.spent_micros + p_amount > limits.amount_micros',
  },
  /** Only asking for a hold is limited, not having it keep more (R31). */
  'extended-past-limit': { name: 'ledger_extend_hold', from: 'IF v_more > 0 THEN', to: 'IF false THEN' },
  /** A hold of no known office is nobody's, where its usage is the primary office's (R5, R31). */
  'limit-of-nobody': {
    name: 'ledger_limit_held',
    from: 'coalesce(own.office_id, main.office_id) = p_limit.office_id',
    to: 'own.office_id = p_limit.office_id',
  },
  /** What a correction took away stays counted (R31). */
  'limit-kept': {
    name: 'ledger_count_limited',
    from: 'spending_limit.spent_micros + p_sign * spent.micros',
    to: 'spending_limit.spent_micros + greatest(p_sign, 0) * spent.micros',
  },
};
