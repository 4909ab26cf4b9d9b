import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type Money, toMicros } from '../money.ts';
import { logMoneyEvent } from '../money-events.ts';
import { asLedgerCall } from './ledger-error.ts';
import type { CreditKind } from './types.ts';

export interface NewGrant {
  companyId: bigint;
  /** Which office's credits; null: the company's pool. AI bundles always go to the primary office (R5). */
  officeId: bigint | null;
  kind: CreditKind;
  amount: Money;
  /** The same key again is the same grant; with other facts it is refused. */
  key: string;
  /** What brought it: purchase, recharge, bundle, opening … */
  source: string;
  /** The identifier of what brought it, e.g. an order's. */
  reference: string;
  actor: string;
  reason: string;
  /** A bundle pays usage from here on, from `at` by default. General credits pay usage of any time. */
  effectiveAt?: Date;
  /** Pays usage before here; never for general credits. */
  expiresAt?: Date;
  at: Date;
}

const answer = z.object({
  outcome: z.enum(['posted', 'duplicate']),
  walletId: z.coerce.bigint(),
  grantId: z.coerce.bigint(),
  seq: z.coerce.bigint(),
});

/**
 * Credits an amount once for its key, and fills what was owed with it first (R6).
 * Throws RefillError `bad-facts`, `key-conflict`, `no-book`, `office-unknown`.
 */
export async function grantCredits(tx: Queryable, grant: NewGrant): Promise<z.output<typeof answer>> {
  checkFacts(grant);
  const effective = grant.effectiveAt?.toISOString() ?? null;
  const expires = grant.expiresAt?.toISOString() ?? null;
  const rows = await asLedgerCall(
    () => tx.$queryRaw<
      { answer: unknown }[]
    >`SELECT ledger_grant(${grant.companyId}, ${grant.officeId}::bigint,
      ${grant.kind}, ${toMicros(grant.amount)}, ${effective}::timestamptz, ${expires}::timestamptz, ${grant.key},
      ${grant.source}, ${grant.reference}, ${grant.actor}, ${grant.reason}, ${grant.at}) AS answer`,
  );
  const granted = answer.parse(rows[0]?.answer);
  const { companyId, officeId: office, kind, amount, source, reference } = grant;
  if (granted.outcome === 'posted')
    logMoneyEvent(tx, 'credited', {
      companyId,
      office,
      kind,
      amount,
      source,
      reference,
      grant: granted.grantId,
    });
  return granted;
}

/** Refuses with a message what the database's constraints would refuse. */
function checkFacts({ kind, amount, effectiveAt, expiresAt, at }: NewGrant): void {
  if (!amount.isPositive() || amount.isZero())
    throw new RefillError('bad-facts', 'A credit is more than nothing.');
  if (kind === 'general' && (effectiveAt !== undefined || expiresAt !== undefined))
    throw new RefillError('bad-facts', 'General credits have neither a beginning nor an end.');
  if (expiresAt !== undefined && expiresAt <= (effectiveAt ?? at))
    throw new RefillError('bad-facts', 'A bundle ends after it begins.');
}
