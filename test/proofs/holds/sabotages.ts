import type { Sabotage } from '../../support/sabotage.ts';

/** What is broken: functions of the ledger, and what else is done to the database. */
export interface Breakage {
  functions?: readonly Sabotage[];
  sql?: readonly string[];
}

/** Ways to break holds and limits that callers at once, kills and time must bring to light. */
export const sabotages: Record<string, Breakage> = {
  /** The book is read, but nobody waits for anybody. */
  'no-lock': { functions: [{ name: 'ledger_lock_book', from: ' FOR NO KEY UPDATE', to: '' }] },
  /** What other holds keep back leaves a spending limit as much room as before (R31). */
  'limit-unheld': {
    functions: [
      {
        name: 'ledger_refusing_limit',
        from: 'WHERE limits.spent_micros + limits.held + p_amount > limits.amount_micros',
        to: 'WHERE limits.spent_micros + p_amount > limits.amount_micros',
      },
    ],
  },
  /** Nobody remembers with which usage a hold was captured: another one captures it again. */
  'captured-with-another': {
    functions: [
      {
        name: 'ledger_settle_hold',
        from: "IF v_hold.state = 'released' OR v_known <> v_settled THEN",
        to: "IF v_hold.state = 'released' THEN",
      },
    ],
    sql: [
      `CREATE FUNCTION forget_usage() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.usage_id := NULL; IF NEW.state = ''captured'' THEN NEW.state := ''open''; END IF; RETURN NEW; END'`,
      'CREATE TRIGGER forget_usage BEFORE UPDATE ON hold_request FOR EACH ROW EXECUTE FUNCTION forget_usage()',
    ],
  },
  /** A capture frees what was held, and posts nothing. */
  'capture-unposted': {
    functions: [
      {
        name: 'ledger_settle_hold',
        from: 'coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, \'{"outcome": "posted"}\')',
        to: '\'{"outcome": "posted"}\'::jsonb',
      },
    ],
  },
  /** What is over is passed over, and keeps what it holds. */
  'expired-kept': {
    functions: [
      { name: 'ledger_expire_holds', from: "PERFORM ledger_end_hold(v_hold, 'expired', p_at);", to: '' },
    ],
  },
  /** Which level was told is not stored: the next usage tells it again. */
  'told-again': {
    functions: [
      { name: 'ledger_arm_limit', from: 'SET notified_level = p_notified', to: 'SET notified_level = 0' },
    ],
  },
};
