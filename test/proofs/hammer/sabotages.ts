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
};
