import { z } from 'zod';
import type { Queryable } from '../db/index.ts';
import { type Money, toMicros } from '../money.ts';
import { asLedgerCall } from './ledger-error.ts';
import type { CreditKind } from './types.ts';

export interface NewGrant {
  companyId: bigint;
  /** Whose credits; null: the company's pool. AI bundles go to the primary office whatever is said (R5). */
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
  /** Pays usage from here on; general credits pay usage of any time unless told. */
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
 * Throws RefillError `key-conflict`, `no-book`, `office-unknown`.
 */
export async function grantCredits(tx: Queryable, grant: NewGrant): Promise<z.output<typeof answer>> {
  const effective = grant.effectiveAt?.toISOString() ?? null;
  const expires = grant.expiresAt?.toISOString() ?? null;
  const rows = await asLedgerCall(
    () => tx.$queryRaw<
      { answer: unknown }[]
    >`SELECT ledger_grant(${grant.companyId}, ${grant.officeId}::bigint,
      ${grant.kind}, ${toMicros(grant.amount)}, ${effective}::timestamptz, ${expires}::timestamptz, ${grant.key},
      ${grant.source}, ${grant.reference}, ${grant.actor}, ${grant.reason}, ${grant.at}) AS answer`,
  );
  return answer.parse(rows[0]?.answer);
}
