import type { UsageRejection } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';

/**
 * The result of one event. `adjusted`: it changed what was posted before, and the difference was posted. `unrated`,
 * `waiting` and `queued` are stored and posted later; nothing else has to be sent again.
 */
export type IngestOutcome =
  | { outcome: 'posted' | 'adjusted'; isAttributed: boolean }
  | { outcome: 'duplicate' | 'queued' }
  | { outcome: 'conflict'; message: string }
  | { outcome: 'unrated' | 'waiting'; message: string }
  | { outcome: 'rejected'; message: string };

/** A refusal of the ledger in the sender's words. */
export const rejectionMessages: Record<UsageRejection, string> = {
  future: 'its time lies more than 5 minutes ahead; kept for the operator',
  'too-old': 'it is more than 35 days old; kept for the operator',
  'negative-cost': 'it would cost less than nothing',
  'bad-facts':
    'a duration, a count or the cost is out of range, or a text is too long or has broken characters',
};

export const conflictMessage =
  'a record of this id was posted with other facts; what is posted stays. Send a new id, or ask the operator for a correction';

/** An outcome, and by how much it changed what the company has used; null where it changed nothing. */
export interface PricedOutcome {
  outcome: IngestOutcome;
  cost: Money | null;
}
