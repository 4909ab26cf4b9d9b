import { inTransaction, Prisma, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockBook, placeHold } from '../../ledger/index.ts';
import { type Money, toMicros } from '../../money.ts';
import { readDirectory, readNumberKey, recordHoldAsked } from '../../org/index.ts';
import { costOfSeconds } from '../../rating/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { officeCountries } from '../ingest/office-country.ts';
import { growHold } from './grow-hold.ts';
import { expiryOf, type HoldAnswer, holdKey, refuseHold, toHoldAnswer } from './hold-request.ts';
import { type HoldPrice, priceHold } from './price-hold.ts';
import { type HoldBody, readHoldBody } from './read-hold-body.ts';
import { refuseSuspended } from './suspended-company.ts';

interface Asked {
  companyId: bigint;
  body: HoldBody;
  price: Extract<HoldPrice, { outcome: 'priced' }>;
  at: Date;
}

/**
 * Keeps back what a call or message may cost before it begins, once for the sender's id (R6.4). Of a call as many whole
 * increments as there is credit for, at least the first; of everything else all or nothing. What is free is granted, and keeps
 * nothing back; what has no rate is refused, as no match is never free (R18.3).
 * A refusal is not remembered. Throws RefillError `bad-body`, `key-conflict` (the id with other facts), `no-book`.
 */
export async function askHold(deps: IngestDeps, companyId: bigint, value: unknown): Promise<HoldAnswer> {
  const { db, clock } = deps;
  const body = readHoldBody(value, officeCountries(await readDirectory(db, companyId)));
  const facts = await codeOfFacts(deps, companyId, body);
  const at = clock.now();
  await recordHoldAsked(db, companyId, at);
  const price = await priceHold(deps, companyId, body, at);
  return await inTransaction(db, async (tx) => {
    await lockBook(tx, companyId);
    const known = await tx.holdRequest.findUnique({ where: { companyId_id: { companyId, id: body.id } } });
    if (known !== null && known.facts !== facts)
      throw new RefillError('key-conflict', 'A hold of this id was granted for other facts: send a new id.');
    if (known !== null) return toHoldAnswer(known, at);
    if (price.outcome === 'unrated')
      return { outcome: 'refused', id: body.id, reason: 'no_rate', message: price.message };
    const suspended = await refuseSuspended(tx, { companyId, id: body.id, at });
    return suspended ?? (await grant(tx, facts, { companyId, body, price, at }));
  });
}

async function grant(tx: Tx, facts: string, asked: Asked): Promise<HoldAnswer> {
  const { companyId, body, price, at } = asked;
  const isKept = !price.cost.isZero();
  const placed = isKept ? await place(tx, asked) : { granted: countOf(body), amount: price.cost };
  if ('refusal' in placed) return placed.refusal;
  const row = await tx.holdRequest.create({
    data: {
      companyId,
      id: body.id,
      facts,
      class: price.class,
      unit: body.size.unit,
      granted: placed.granted,
      amountMicros: toMicros(placed.amount),
      terms: price.terms ?? Prisma.DbNull,
      isKept,
      state: 'open',
      placedAt: at,
      expiresAt: expiryAfter(asked, placed.granted),
    },
  });
  return toHoldAnswer(row, asked.at);
}

const countOf = ({ size }: HoldBody): number | null => (size.unit === 'amount' ? null : size.count);

function expiryAfter({ body, at }: Asked, granted: number | null): Date {
  const seconds = body.size.unit === 'seconds' ? (granted ?? 0) : 0;
  return expiryOf(at, { granted: seconds, expiresInMs: body.expiresInMs });
}

/** All of it, or the first increment of a call and as many more as there is credit for. */
async function place(
  tx: Tx,
  asked: Asked,
): Promise<{ granted: number | null; amount: Money } | { refusal: HoldAnswer }> {
  const { companyId, body, price, at } = asked;
  const { terms, party } = price;
  const hold = { companyId, key: holdKey(body.id), at };
  const keep = (amount: Money, granted: number | null) =>
    placeHold(tx, {
      ...hold,
      officeId: party.officeId,
      departmentId: party.departmentId,
      memberId: party.memberId,
      class: price.class,
      amount,
      expiresAt: expiryAfter(asked, granted),
    });
  const whole = await keep(price.cost, countOf(body));
  if (whole.outcome !== 'refused') return { granted: countOf(body), amount: price.cost };
  if (terms === null || body.size.unit !== 'seconds')
    return { refusal: refuseHold(body.id, whole.limit, price.cost) };
  const first = Math.min(terms.firstSeconds, body.size.count);
  const least = costOfSeconds(terms, first);
  const begun = await keep(least, first);
  if (begun.outcome === 'refused') return { refusal: refuseHold(body.id, begun.limit, least) };
  const grown = await growHold(tx, hold, {
    terms,
    held: first,
    seconds: body.size.count,
    expiryOf: (seconds) => expiryAfter(asked, seconds),
  });
  return { granted: grown.seconds, amount: grown.amount };
}

/** A code of all that is asked, under the company's key: two requests of one id are compared by it. */
async function codeOfFacts(deps: IngestDeps, companyId: bigint, body: HoldBody): Promise<string> {
  const numberKey = await readNumberKey(deps, companyId);
  const { size, party, ...rest } = body;
  const sized = size.unit === 'amount' ? { ...size, amount: size.amount.toFixed() } : size;
  return numberKey.codeOf(JSON.stringify({ ...rest, party: Object.entries(party).sort(), size: sized }));
}
