import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, toMicros } from '../../money.ts';
import { readDirectory, readNumberKey, recordHoldAsked } from '../../org/index.ts';
import { type CallTerms, costOfSeconds } from '../../rating/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { officeCountries } from '../ingest/office-country.ts';
import type { RatingState } from '../ingest/prepare-rating.ts';
import { decideIn, decideTogether } from './decide-holds.ts';
import { growHold } from './grow-hold.ts';
import { expiryOf, type HoldAnswer, holdKey, refuseHold, toHoldAnswer } from './hold-request.ts';
import { priceHold } from './price-hold.ts';
import { type HoldBody, readHoldBody } from './read-hold-body.ts';
import { type AskedHold, type HoldPart, type RequestedHold, requestHold } from './request-hold.ts';
import { refuseSuspended } from './suspended-company.ts';

/**
 * Keeps back what a call or message may cost before it begins, once for the sender's id (R6.4). Of a call as many whole
 * increments as there is credit for, at least the first; of everything else all or nothing. What is free is granted, and keeps
 * nothing back; what has no rate is refused, as no match is never free (R18.3).
 * A refusal is not remembered. `rating` is as of this request. Throws RefillError `bad-body`, `key-conflict` (the id with other facts), `no-book`.
 */
export async function askHold(
  deps: IngestDeps,
  { companyId, rating }: { companyId: bigint; rating: RatingState },
  value: unknown,
): Promise<HoldAnswer> {
  const { db, clock } = deps;
  const directory = await readDirectory(db, companyId, rating.directory);
  const body = readHoldBody(value, officeCountries(directory));
  const facts = await codeOfFacts(deps, companyId, body);
  const at = clock.now();
  await recordHoldAsked(db, companyId, at);
  const price = await priceHold(db, body, { directory, newestDeck: rating.newestDeck, at });
  const asked = { companyId, body, facts, price, at };
  const { size } = body;
  const whole = partOf(asked, size.unit === 'amount' ? null : size.count, price.cost);
  const requested = await requestHold(decideTogether(db, companyId), asked, whole);
  const isShort = requested.outcome === 'credits' || requested.outcome === 'spending_limit';
  const { terms } = price;
  return isShort && size.unit === 'seconds' && terms !== null
    ? await inTransaction(db, (tx) => grantBeginning(tx, asked, { terms, seconds: size.count }))
    : await toAnswer(db, asked, whole, requested);
}

/** The first increment of a call, and as many more as there is credit for. */
async function grantBeginning(
  tx: Tx,
  asked: AskedHold,
  { terms, seconds }: { terms: CallTerms; seconds: number },
): Promise<HoldAnswer> {
  const { companyId, body, at } = asked;
  const first = Math.min(terms.firstSeconds, seconds);
  const part = partOf(asked, first, costOfSeconds(terms, first));
  const begun = await requestHold(decideIn(tx), asked, part);
  if (begun.outcome !== 'granted') return await toAnswer(tx, asked, part, begun);
  const grown = await growHold(
    tx,
    { companyId, key: holdKey(body.id), at },
    {
      terms,
      held: first,
      seconds,
      expiryOf: (length) => expiryAfter(asked, length),
    },
  );
  const row = await tx.holdRequest.update({
    where: { companyId_id: { companyId, id: body.id } },
    data: {
      granted: grown.seconds,
      amountMicros: toMicros(grown.amount),
      expiresAt: expiryAfter(asked, grown.seconds),
    },
  });
  return toHoldAnswer(row, at);
}

/** What the sender is answered who asked for this part. */
async function toAnswer(
  db: Queryable,
  { companyId, body: { id }, facts, price, at }: AskedHold,
  { amount }: HoldPart,
  requested: RequestedHold,
): Promise<HoldAnswer> {
  switch (requested.outcome) {
    case 'known':
      if (requested.request.facts === facts) return toHoldAnswer(requested.request, at);
      throw new RefillError('key-conflict', 'A hold of this id was granted for other facts: send a new id.');
    case 'granted':
      return toHoldAnswer(requested.request, at);
    case 'unrated': {
      const message = price.cost === null ? price.message : '';
      return { outcome: 'refused', id, reason: 'no_rate', message };
    }
    case 'suspended':
      return await refuseSuspended(db, companyId, id);
    default:
      return refuseHold(id, requested.outcome, amount);
  }
}

const partOf = (asked: AskedHold, granted: number | null, amount: Money | null): HoldPart => ({
  granted,
  amount,
  expiresAt: expiryAfter(asked, granted),
});

function expiryAfter({ body, at }: AskedHold, granted: number | null): Date {
  const seconds = body.size.unit === 'seconds' ? (granted ?? 0) : 0;
  return expiryOf(at, { granted: seconds, expiresInMs: body.expiresInMs });
}

/** A code of all that is asked, under the company's key: two requests of one id are compared by it. */
async function codeOfFacts(deps: IngestDeps, companyId: bigint, body: HoldBody): Promise<string> {
  const numberKey = await readNumberKey(deps, companyId);
  const { size, party, ...rest } = body;
  const sized = size.unit === 'amount' ? { ...size, amount: size.amount.toFixed() } : size;
  return numberKey.codeOf(JSON.stringify({ ...rest, party: Object.entries(party).sort(), size: sized }));
}
