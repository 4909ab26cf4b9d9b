import { Prisma, type Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';
import type { CreditKind, UsageClass } from './types.ts';

export type EntryType =
  | 'grant'
  | 'fill'
  | 'usage'
  | 'correction'
  | 'refund'
  | 'lapse'
  | 'reversal'
  | 'move'
  | 'adjustment';

/** What an entry took from or gave to one grant, or to a class's debt (its sign turned: less debt is more). */
export type EntryPart =
  | { grantId: bigint; kind: CreditKind; amount: Money }
  | { debtOf: UsageClass; amount: Money };

export interface StatementEntry {
  seq: bigint;
  type: EntryType;
  class: UsageClass | null;
  /** Of usage, its corrections and refunds: R21 and the other party's number, of what this was drawn for. */
  category: string | null;
  externalNumber: string | null;
  amount: Money;
  balanceAfter: Money;
  parts: EntryPart[];
  /** What it was for: a usage's source and key, a purchase's … */
  source: string;
  reference: string;
  officeId: bigint | null;
  actor: string | null;
  reason: string | null;
  usageAt: Date | null;
  postedAt: Date;
}

export interface StatementPage {
  companyId: bigint;
  walletId: bigint;
  types?: readonly EntryType[];
  class?: UsageClass;
  /** Entries after this one in time are left out, and it as well: the last `seq` of the page before. */
  before?: bigint;
  /** 50 by default. */
  limit?: number;
}

interface Row {
  seq: bigint;
  type: EntryType;
  class: UsageClass | null;
  category: string | null;
  external_number: string | null;
  amount_micros: bigint;
  balance_after_micros: bigint;
  parts: { grant: string | null; kind: CreditKind | null; debt: UsageClass | null; micros: string }[] | null;
  source: string;
  reference: string;
  office_id: bigint | null;
  actor: string | null;
  reason: string | null;
  usage_at: Date | null;
  posted_at: Date;
}

/** A page of a wallet's entries, the newest first, each with the grants that paid it. */
export async function readStatement(db: Queryable, page: StatementPage): Promise<StatementEntry[]> {
  const conditions = [
    Prisma.sql`e.company_id = ${page.companyId} AND e.wallet_id = ${page.walletId}`,
    ...(page.before === undefined ? [] : [Prisma.sql`e.seq < ${page.before}`]),
    ...(page.types === undefined ? [] : [Prisma.sql`e.type = ANY (${page.types}::text[])`]),
    ...(page.class === undefined ? [] : [Prisma.sql`e.class = ${page.class}`]),
  ];
  return await selectEntries(
    db,
    Prisma.sql`${Prisma.join(conditions, ' AND ')}
    ORDER BY e.seq DESC LIMIT ${page.limit ?? 50}`,
  );
}

/** Entries by a condition on `entry AS e`, with their order and limit. */
export async function selectEntries(db: Queryable, condition: Prisma.Sql): Promise<StatementEntry[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT e.*, r.category, r.external_number, CASE
      WHEN e.is_split THEN (
        SELECT json_agg(json_build_object('grant', s.grant_id::text, 'kind', g.kind, 'debt', s.debt_class, 'micros', s.amount_micros::text)
          ORDER BY s.part)
        FROM entry_split AS s
        LEFT JOIN credit_grant AS g ON g.company_id = s.company_id AND g.wallet_id = s.wallet_id AND g.id = s.grant_id
        WHERE s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq)
      ELSE (
        SELECT json_build_array(json_build_object('grant', e.grant_id::text, 'kind', max(g.kind), 'debt',
          CASE WHEN e.grant_id IS NULL THEN e.class END, 'micros', e.amount_micros::text))
        FROM credit_grant AS g WHERE g.company_id = e.company_id AND g.wallet_id = e.wallet_id AND g.id = e.grant_id)
      END AS parts
    FROM entry AS e
    LEFT JOIN LATERAL ledger_usage_at(e.company_id, e.wallet_id, e.seq, e.source, e.reference) AS r ON e.usage_at IS NOT NULL
    WHERE ${condition}`;
  return rows.map(toEntry);
}

function toEntry(row: Row): StatementEntry {
  return {
    seq: row.seq,
    type: row.type,
    class: row.class,
    category: row.category,
    externalNumber: row.external_number,
    amount: fromMicros(row.amount_micros),
    balanceAfter: fromMicros(row.balance_after_micros),
    parts: (row.parts ?? []).flatMap(({ grant, kind, debt, micros }): EntryPart[] => {
      const amount = fromMicros(BigInt(micros));
      if (grant !== null && kind !== null) return [{ grantId: BigInt(grant), kind, amount }];
      return debt === null ? [] : [{ debtOf: debt, amount }];
    }),
    source: row.source,
    reference: row.reference,
    officeId: row.office_id,
    actor: row.actor,
    reason: row.reason,
    usageAt: row.usage_at,
    postedAt: row.posted_at,
  };
}
