import type { Sabotage } from '../../support/sabotage.ts';

/** Ways to break the ledger's writer that only many callers at once bring to light. */
export const sabotages: Record<string, Sabotage> = {
  /** The book is read, but nobody waits for anybody. */
  'no-lock': { name: 'ledger_lock_book', from: ' FOR NO KEY UPDATE', to: '' },
  /** Nobody looks whether a record was booked before. */
  'no-duplicate-check': {
    name: 'ledger_post_usage',
    from: 'AND usage_record.revision = 0)',
    to: 'AND usage_record.revision = -1)',
  },
  /** What other holds keep back leaves a spending limit as much room as before (R31). */
  'limit-unheld': {
    name: 'ledger_refusing_limit',
    from: 'WHERE limits.spent_micros + limits.held + p_amount > limits.amount_micros',
    to: 'WHERE limits.spent_micros + p_amount > limits.amount_micros',
  },
  /** A hold that was captured is captured again, with another usage. */
  'captured-again': {
    name: 'ledger_settle_hold',
    from: "IF v_hold.state = 'released' OR v_known <> v_settled THEN",
    to: "IF v_hold.state = 'released' THEN",
  },
};
