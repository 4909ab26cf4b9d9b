import type { Sabotage } from '../../support/sabotage.ts';

/** Ways to break the ledger's writer that the model must notice; each is a mistake that somebody makes somewhere. */
export const sabotages: Record<string, Sabotage> = {
  /** The oldest grant pays first, not the one that ends first (R4). */
  'burn-order': {
    name: 'ledger_draw',
    from: 'ORDER BY g.kind, g.expires_at,',
    to: 'ORDER BY g.kind,',
  },
  /** A bundle pays on after its end (R7). */
  'expired-pays': { name: 'ledger_draw', from: 'AND p_burn < g.expires_at', to: '' },
  /** A usage by itself is paid by the bundle that ends last (R4). */
  'lone-order': {
    name: 'ledger_post_lone',
    from: 'ORDER BY g.kind, g.expires_at,',
    to: 'ORDER BY g.kind, g.expires_at DESC,',
  },
  /** A usage by itself is paid by a bundle that is over (R7). */
  'lone-expired': { name: 'ledger_post_lone', from: ' AND u.usage_at[1] < g.expires_at', to: '' },
  /** Of shared credits, a usage by itself leaves the office's own bundle as it is (R5). */
  'lone-shared': { name: 'ledger_post_lone', from: 'IF w.calling_micros > 0 THEN', to: 'IF false THEN' },
  /** General credits leave debt of AI as it is (R6). */
  'debt-unfilled': {
    name: 'ledger_plan_fill',
    from: "ai := CASE WHEN p_kind IN ('general', 'ai')",
    to: "ai := CASE WHEN p_kind IN ('ai')",
  },
  /** A micro-dollar is missing of what a grant gets back. */
  'micro-lost': {
    name: 'ledger_return',
    from: 'least(v_rest, v_drawn.amount)',
    to: 'least(v_rest, v_drawn.amount - 1)',
  },
  /** Whatever comes under a known key is taken for the same (R23). */
  'conflict-unseen': {
    name: 'ledger_judge_usage',
    from: "WHEN g.last[1] = g.facts THEN 'duplicate'",
    to: "WHEN g.last[1] IS NOT NULL THEN 'duplicate'",
  },
  /** Bundles lapse at their end, without the grace (R7). */
  'lapse-early': {
    name: 'ledger_lapse',
    from: "expires_at <= p_at - interval '6 hours'",
    to: 'expires_at <= p_at',
  },
  /** A refund goes to what was drawn first instead of last (R8). */
  'refund-order': { name: 'ledger_return', from: 'ORDER BY d.rank', to: 'ORDER BY d.rank DESC' },
  /** A hold that was settled is settled again by another usage. */
  'settled-twice': { name: 'ledger_settle_hold', from: ' OR v_known <> v_settled', to: '' },
  /** What a correction replaces stays in the quarter-hours (R25). */
  'rollup-kept': {
    name: 'ledger_revise_usage',
    from: 'PERFORM ledger_count_usage(p_book, ledger_usages_of(p_old), -1);',
    to: '',
  },
};
