import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import type { HoldLimit } from '../../ledger/index.ts';
import { fromMicros, type Money } from '../../money.ts';

export const holdUnit = z.enum(['seconds', 'pieces', 'amount']);
export const holdState = z.enum(['open', 'captured', 'released']);

/** A hold as it was asked for: a row of `hold_request`. */
export type HoldRow = NonNullable<Awaited<ReturnType<Queryable['holdRequest']['findUnique']>>>;

/** What is answered of it, as `prisma/functions/hold-requests.sql` writes it. */
export const holdRequest = z.object({
  id: z.string(),
  facts: z.string(),
  state: holdState,
  unit: holdUnit,
  granted: z.number().int().nullable(),
  amountMicros: z.coerce.bigint(),
  expiresAt: z.coerce.date(),
  usageId: z.string().nullable(),
});
type AnsweredRow = Pick<HoldRow, 'id' | 'state' | 'unit' | 'granted' | 'amountMicros' | 'expiresAt'>;

/** What a phone system is answered about a hold; amounts are decimal dollars, instants ISO 8601. */
export type HoldAnswer = GrantedHold | RefusedHold;
export type GrantedHold = { outcome: 'granted' } & HoldFacts;
export type RefusedHold = {
  outcome: 'refused';
  id: string;
  reason: HoldLimit | 'no_rate' | 'suspended';
  message: string;
} & Granted;

/** What a hold has by now; absent where it has nothing, or was asked for in dollars. */
interface Granted {
  granted_seconds?: number;
  granted_pieces?: number;
}

interface HoldFacts extends Granted {
  id: string;
  /** `expired`: nothing is kept back any more; it can be captured still. */
  state: z.output<typeof holdState> | 'expired';
  /** What is kept back; "0" where it is free. */
  amount: string;
  expires_at: string;
}

/** For ringing, and for the capture to arrive. */
const GRACE_MS = 10 * MINUTE_MS;

/** The ledger's key of a hold: no other way in shares its keys. */
export const holdKey = (id: string): string => `api:${id}`;

/** When a hold expires: as asked, else when what is granted would be used up, and a grace time later. Applies R6.7. */
export function expiryOf(
  from: Date,
  { granted, expiresInMs }: { granted: number; expiresInMs: number | null },
): Date {
  return new Date(from.getTime() + (expiresInMs ?? granted * SECOND_MS + GRACE_MS));
}

/** A hold as it stands at an instant. */
export function toHoldAnswer(row: AnsweredRow, at: Date): GrantedHold {
  const state = holdState.parse(row.state);
  return {
    outcome: 'granted',
    id: row.id,
    state: state === 'open' && row.expiresAt <= at ? 'expired' : state,
    ...grantedOf(row),
    amount: fromMicros(row.amountMicros).toFixed(),
    expires_at: row.expiresAt.toISOString(),
  };
}

export function grantedOf({ unit, granted }: Pick<HoldRow, 'unit' | 'granted'>): Granted {
  return granted === null ? {} : { [`granted_${unit}`]: granted };
}

const REFUSALS: Record<HoldLimit, string> = {
  credits: 'The available credits do not cover it.',
  spending_limit: 'A spending limit does not allow it.',
};

/** `least`: what would have had to be there, where it is known. */
export function refuseHold(id: string, reason: HoldLimit, least: Money | null): RefusedHold {
  const amount = least === null ? '' : ` The least is ${least.toFixed()}.`;
  return { outcome: 'refused', id, reason, message: `${REFUSALS[reason]}${amount}` };
}

/** The request of an id. Who changes it holds the book's lock. Throws `hold-unknown`. */
export async function findHoldRequest(tx: Queryable, companyId: bigint, id: string): Promise<HoldRow> {
  const row = await tx.holdRequest.findUnique({ where: { companyId_id: { companyId, id } } });
  if (row === null) throw unknownHold();
  return row;
}

export const unknownHold = (): RefillError =>
  new RefillError('hold-unknown', 'No hold of this id was granted.');

/** Throws `hold-resolved` for what a hold that has ended cannot do any more. */
export function refuseResolved(row: Pick<HoldRow, 'state' | 'usageId'>): RefillError {
  return new RefillError(
    'hold-resolved',
    row.state === 'captured'
      ? `This hold was captured with the usage ${row.usageId}.`
      : 'This hold was released.',
  );
}
