import { Prisma, type Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';
import { type BookedUsage, NUMBERS_ERASED, toBooked, type UsageRow } from './list-usage.ts';
import { type StatementEntry, selectEntries } from './read-statement.ts';
import type { CreditKind } from './types.ts';

/** A grant that paid a usage, or that its refund created. */
export interface PayingGrant {
  id: bigint;
  kind: CreditKind;
  amount: Money;
  /** What brought it: purchase, bundle, recurring, adjustment … and the identifier of that. */
  source: string;
  reference: string;
  createdAt: Date;
}

/** Why a usage cost what it did, and which grants paid it. */
export interface UsageExplanation {
  /** As it was posted first, then after each correction. */
  revisions: BookedUsage[];
  /** What it took or gave back, in order. */
  entries: StatementEntry[];
  grants: PayingGrant[];
}

/** The usages of a company with this key, whatever their source: one explanation each, none where there is none (R28). */
export async function explainUsage(
  db: Queryable,
  { companyId, externalId }: { companyId: bigint; externalId: string },
): Promise<UsageExplanation[]> {
  const rows = await db.$queryRaw<UsageRow[]>`
    SELECT u.*, ${NUMBERS_ERASED} AS are_numbers_erased FROM usage_record AS u
    WHERE company_id = ${companyId} AND external_id = ${externalId} ORDER BY source, revision`;
  const revisions = rows.map(toBooked);
  const explained = [];
  for (const source of new Set(revisions.map((revision) => revision.source))) {
    const key = { companyId, source, externalId };
    // Each by its own index: what a usage took is named by its record, what came after names the usage.
    const entries = [
      ...(await selectEntries(db, postedWith(key))),
      ...(await selectEntries(db, postedAfter(key))),
    ];
    const ids = entries.flatMap(({ parts }) =>
      parts.flatMap((part) => ('grantId' in part ? [part.grantId] : [])),
    );
    explained.push({
      revisions: revisions.filter((revision) => revision.source === source),
      entries,
      grants: await readGrants(db, companyId, ids),
    });
  }
  return explained;
}

interface UsageKey {
  companyId: bigint;
  source: string;
  externalId: string;
}

const postedWith = ({ companyId, source, externalId }: UsageKey) => Prisma.sql`
  e.company_id = ${companyId} AND e.type = 'usage' AND (e.wallet_id, e.seq) IN (
    SELECT paid.wallet_id, paid.seq FROM usage_record AS posted
    CROSS JOIN LATERAL (VALUES (posted.own_wallet_id, posted.own_seq), (posted.paid_wallet_id, posted.paid_seq))
      AS paid(wallet_id, seq)
    WHERE posted.company_id = ${companyId} AND posted.source = ${source} AND posted.external_id = ${externalId}
      AND posted.revision = 0)
  ORDER BY e.wallet_id, e.seq`;

const postedAfter = ({ companyId, source, externalId }: UsageKey) => Prisma.sql`
  e.company_id = ${companyId} AND e.source = ${source} AND e.reference = ${externalId}
    AND e.type IN ('correction', 'refund')
  ORDER BY e.posted_at, e.wallet_id, e.seq`;

async function readGrants(db: Queryable, companyId: bigint, ids: readonly bigint[]): Promise<PayingGrant[]> {
  const grants = await db.creditGrant.findMany({
    where: { companyId, id: { in: [...ids] } },
    orderBy: { id: 'asc' },
  });
  return grants.map(({ id, kind, amountMicros, source, reference, createdAt }) => ({
    id,
    kind: kind as CreditKind,
    amount: fromMicros(amountMicros),
    source,
    reference,
    createdAt,
  }));
}
