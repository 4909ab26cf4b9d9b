import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { fromMicros, type Money } from '../money.ts';
import { type PastBalance, readBalanceAt } from './read-balance-at.ts';
import type { EntryType } from './read-statement.ts';
import type { CreditKind, UsageClass } from './types.ts';

/** Entries of one day put together: usage and corrections by kind, everything else by itself. */
export interface ExplainedLine {
  /** The day of the booking in the zone asked for, `2026-11-03`. */
  day: string;
  /** The first entry of the line; with the day it is the line's place. */
  seq: bigint;
  type: EntryType;
  class: UsageClass | null;
  /** Of usage, its corrections and refunds: R21, as the record counts now. */
  category: string | null;
  entries: number;
  amount: Money;
  /** What each kind of credit gave (negative) or got, and what debt did, its sign turned: they sum to the amount. */
  parts: Record<CreditKind | 'debt', Money>;
  /** Of a line of one entry. */
  actor: string | null;
  reason: string | null;
}

/** Where a page ended: its last line's place. */
export type LineCursor = Pick<ExplainedLine, 'day' | 'seq'>;

export interface DayByDay {
  /** What the wallet had just before the period, and at its end. */
  opening: PastBalance;
  closing: PastBalance;
  /** All that came in and all that went out: opening + in − out = closing, which was checked. */
  moneyIn: Money;
  moneyOut: Money;
  /** What each day of the page came to in all, whichever of its lines are on it. */
  dayTotals: Map<string, Money>;
  /** The newest day first, in a day the newest first. */
  lines: ExplainedLine[];
  next: LineCursor | null;
}

interface Row {
  day: string;
  seq: bigint;
  type: EntryType;
  class: UsageClass | null;
  category: string | null;
  entries: bigint;
  amount: bigint;
  general: bigint;
  calling: bigint;
  ai: bigint;
  debt: bigint;
  money_in: bigint;
  money_out: bigint;
  day_total: bigint;
  actor: string | null;
  reason: string | null;
}

/**
 * "Why is my balance this?" (R28), put together by day: a wallet's balance at the start and end of a period by posting
 * time, [from, to), and what its entries between them come to by day and kind, a page of lines at a time. The sums are
 * those of the same entries that `explainBalance` lists. Null where the company has no such wallet; throws RefillError
 * `books-disagree` should opening and entries not come to closing.
 */
export async function explainByDay(
  db: Queryable,
  question: {
    companyId: bigint;
    walletId: bigint;
    from: Date;
    to: Date;
    timeZone: string;
    after?: LineCursor;
    limit?: number;
  },
): Promise<DayByDay | null> {
  const { companyId, walletId, limit = 50 } = question;
  const at = async (instant: Date) =>
    (await readBalanceAt(db, companyId, new Date(instant.getTime() - 1))).find(
      (wallet) => wallet.walletId === walletId,
    );
  const opening = await at(question.from);
  const closing = await at(question.to);
  if (opening === undefined || closing === undefined) return null;
  const rows = await selectLines(db, {
    ...question,
    first: opening.seq,
    last: closing.seq,
    limit: limit + 1,
  });
  const moneyIn = fromMicros(rows[0]?.money_in ?? 0n);
  const moneyOut = fromMicros(rows[0]?.money_out ?? 0n);
  // A page after the last line has no sums; its period had been checked on the page before.
  const isEmpty = rows.length === 0 && question.after !== undefined;
  if (!isEmpty && !opening.balance.plus(moneyIn).minus(moneyOut).equals(closing.balance))
    throw new RefillError('books-disagree', 'The entries of this period do not come to its balance.', {
      walletId,
    });
  const lines = rows.slice(0, limit).map(toLine);
  const last = lines.at(-1);
  return {
    opening,
    closing,
    moneyIn,
    moneyOut,
    dayTotals: new Map(rows.slice(0, limit).map((row) => [row.day, fromMicros(row.day_total)])),
    lines,
    next: rows.length > limit && last !== undefined ? { day: last.day, seq: last.seq } : null,
  };
}

async function selectLines(
  db: Queryable,
  of: {
    companyId: bigint;
    walletId: bigint;
    first: bigint;
    last: bigint;
    timeZone: string;
    after?: LineCursor;
    limit: number;
  },
): Promise<Row[]> {
  const after = of.after ?? { day: '9999-12-31', seq: 0n };
  return await db.$queryRaw<Row[]>`
    WITH e AS (
      SELECT x.*, to_char(x.posted_at AT TIME ZONE ${of.timeZone}, 'YYYY-MM-DD') AS day, CASE WHEN x.usage_at IS NOT NULL THEN (
        SELECT u.category FROM usage_record AS u
        WHERE u.company_id = x.company_id AND u.source = x.source AND u.external_id = x.reference
        ORDER BY u.revision DESC LIMIT 1) END AS category
      FROM entry AS x
      WHERE x.company_id = ${of.companyId} AND x.wallet_id = ${of.walletId} AND x.seq > ${of.first} AND x.seq <= ${of.last}
    ), part AS (
      SELECT e.seq, e.grant_id, e.amount_micros FROM e WHERE NOT e.is_split
      UNION ALL
      SELECT s.seq, s.grant_id, s.amount_micros FROM entry_split AS s JOIN e ON e.seq = s.seq AND e.is_split
      WHERE s.company_id = ${of.companyId} AND s.wallet_id = ${of.walletId}
    ), paid AS (
      SELECT p.seq, coalesce(sum(p.amount_micros) FILTER (WHERE g.kind = 'general'), 0) AS general,
        coalesce(sum(p.amount_micros) FILTER (WHERE g.kind = 'calling'), 0) AS calling,
        coalesce(sum(p.amount_micros) FILTER (WHERE g.kind = 'ai'), 0) AS ai,
        coalesce(sum(p.amount_micros) FILTER (WHERE p.grant_id IS NULL), 0) AS debt
      FROM part AS p
      LEFT JOIN credit_grant AS g ON g.company_id = ${of.companyId} AND g.wallet_id = ${of.walletId} AND g.id = p.grant_id
      GROUP BY p.seq
    ), line AS (
      SELECT e.day, min(e.seq) AS seq, e.type, e.class, e.category, count(*) AS entries, sum(e.amount_micros)::bigint AS amount,
        sum(p.general)::bigint AS general, sum(p.calling)::bigint AS calling, sum(p.ai)::bigint AS ai, sum(p.debt)::bigint AS debt,
        sum(greatest(e.amount_micros, 0)) AS gained, sum(least(e.amount_micros, 0)) AS lost,
        CASE WHEN count(*) = 1 THEN min(e.actor) END AS actor, CASE WHEN count(*) = 1 THEN min(e.reason) END AS reason
      FROM e JOIN paid AS p USING (seq)
      GROUP BY e.day, e.type, e.class, e.category, CASE WHEN e.type NOT IN ('usage', 'correction') THEN e.seq END
    ), summed AS (
      SELECT line.*, sum(gained) OVER ()::bigint AS money_in, (-sum(lost) OVER ())::bigint AS money_out,
        sum(amount) OVER (PARTITION BY day)::bigint AS day_total
      FROM line
    )
    SELECT * FROM summed WHERE (day, seq) < (${after.day}, ${after.seq}) ORDER BY day DESC, seq DESC LIMIT ${of.limit}`;
}

function toLine(row: Row): ExplainedLine {
  return {
    day: row.day,
    seq: row.seq,
    type: row.type,
    class: row.class,
    category: row.category,
    entries: Number(row.entries),
    amount: fromMicros(row.amount),
    parts: {
      general: fromMicros(row.general),
      calling: fromMicros(row.calling),
      ai: fromMicros(row.ai),
      debt: fromMicros(row.debt),
    },
    actor: row.actor,
    reason: row.reason,
  };
}
