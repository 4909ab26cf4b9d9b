import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { extendHold, lockBook } from '../../ledger/index.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { callTerms, costOfSeconds } from '../../rating/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { growHold } from './grow-hold.ts';
import {
  expiryOf,
  findHoldRequest,
  grantedOf,
  type HoldAnswer,
  type HoldRow,
  holdKey,
  refuseHold,
  refuseResolved,
  toHoldAnswer,
} from './hold-request.ts';
import { readExtension } from './read-hold-body.ts';
import { refuseSuspended, refusesHolds } from './suspended-company.ts';

type Extension = ReturnType<typeof readExtension>;
type Extended = { granted: number | null; amount: Money; expiresAt: Date } | { refusal: HoldAnswer };

/**
 * Extends a hold to a number of seconds (or dollars) in all, never to less than before. Of a call as many further
 * increments as there is credit for; refused where there is none for one more, and the hold stays as it was.
 * Throws RefillError `bad-body`, `hold-unknown`, `hold-resolved`. Applies R6.5.
 */
export async function extendHoldRequest(
  { db, clock }: Pick<IngestDeps, 'db' | 'clock'>,
  companyId: bigint,
  id: string,
  value: unknown,
): Promise<HoldAnswer> {
  const asked = readExtension(value);
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    await lockBook(tx, companyId);
    const row = await findHoldRequest(tx, companyId, id);
    if (row.unit !== asked.size.unit) throw new RefillError('bad-body', describeUnit(row));
    if (row.state !== 'open') throw refuseResolved(row);
    if (await refusesHolds(tx, companyId, at)) return await refuseSuspended(tx, companyId, id);
    const extended = await extend(tx, row, asked, at);
    if ('refusal' in extended) return extended.refusal;
    const { granted, amount, expiresAt } = extended;
    const changed = await tx.holdRequest.update({
      where: { companyId_id: { companyId, id } },
      data: { granted, amountMicros: toMicros(amount), expiresAt },
    });
    return toHoldAnswer(changed, at);
  });
}

function describeUnit({ unit }: HoldRow): string {
  return unit === 'pieces'
    ? 'A hold for pieces is not extended: ask for another one.'
    : `${unit}: is missing; this hold was asked for in ${unit === 'amount' ? 'dollars' : 'seconds'}`;
}

async function extend(tx: Tx, row: HoldRow, { size, expiresInMs }: Extension, at: Date): Promise<Extended> {
  const { companyId, id } = row;
  const hold = { companyId, key: holdKey(id), at };
  // A length counts from the beginning of the hold; a time that is asked for, from now.
  const endOf = (seconds: number): Date => {
    const end = expiryOf(expiresInMs === null ? row.placedAt : at, { granted: seconds, expiresInMs });
    return end > row.expiresAt ? end : row.expiresAt;
  };
  const held = fromMicros(row.amountMicros);
  if (size.unit === 'amount') {
    const amount = size.amount.greaterThan(held) ? size.amount : held;
    const expiresAt = endOf(0);
    const { outcome, limit } = await extendHold(tx, { ...hold, amount, expiresAt });
    return outcome === 'refused'
      ? { refusal: refuseHold(id, limit ?? 'credits', size.amount) }
      : { granted: null, amount, expiresAt };
  }
  const seconds = Math.max(size.count, row.granted ?? 0);
  if (!row.isKept) return { granted: seconds, amount: held, expiresAt: endOf(seconds) };
  const terms = callTerms.parse(row.terms);
  const before = row.granted ?? 0;
  const grown = await growHold(tx, hold, { terms, held: before, seconds, expiryOf: endOf });
  return grown.limit !== null && grown.seconds === before
    ? { refusal: { ...refuseHold(id, grown.limit, costOfSeconds(terms, seconds)), ...grantedOf(row) } }
    : { granted: grown.seconds, amount: grown.amount, expiresAt: endOf(grown.seconds) };
}
