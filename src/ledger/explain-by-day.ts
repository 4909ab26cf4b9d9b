import { type Db, inTransaction, Prisma, type Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { fromMicros, type Money } from '../money.ts';
import { requireQuarterHours } from './quarter-hours.ts';
import { type PastBalance, readBalanceAt } from './read-balance-at.ts';
import type { EntryType } from './read-statement.ts';
import type { CreditKind, UsageClass } from './types.ts';

/** Entries of one day, summed: usage and corrections by kind, every other entry separately. */
export interface ExplainedLine {
  /** The day of the booking in the zone asked for, `2026-11-03`. */
  day: string;
  /** The first entry of the line; with the day it is the line's place. */
  seq: bigint;
  type: EntryType;
  class: UsageClass | null;
  /** Of usage, its corrections and refunds: R21, of what this was drawn for; a later correction does not change it. */
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
  /** What each day of the page came to in all, whichever of its lines are on it, and what the wallet had at its end. */
  dayTotals: Map<string, Money>;
  dayEnds: Map<string, Money>;
  /** The newest day first, in a day the newest first. */
  lines: ExplainedLine[];
  next: LineCursor | null;
}

/** A wallet's period and the zone of its days, a page of its lines. */
interface Question {
  companyId: bigint;
  walletId: bigint;
  from: Date;
  to: Date;
  timeZone: string;
  after?: LineCursor;
  limit?: number;
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
  gained_by_then: bigint;
  actor: string | null;
  reason: string | null;
}

/**
 * "Why is my balance this?" (R28), put together by day: a wallet's balance at the start and end of a period by posting
 * time, [from, to), which begins and ends on quarter-hours, and what its entries between them come to by day and kind, a
 * page of lines at a time. The sums are those of the same entries that `explainBalance` lists. Null where the company
 * has no such wallet; throws RefillError `bad-range`, and `books-disagree` should opening and entries not come to closing.
 */
export async function explainByDay(db: Db, question: Question): Promise<DayByDay | null> {
  requireQuarterHours(question, 'days');
  // One moment for all of it: entries go on being posted, and summed up.
  return await inTransaction(db, (tx) => explain(tx, question), { isolation: 'RepeatableRead' });
}

async function explain(tx: Queryable, question: Question): Promise<DayByDay | null> {
  const { companyId, walletId, limit = 50 } = question;
  const at = async (instant: Date) =>
    (await readBalanceAt(tx, companyId, new Date(instant.getTime() - 1))).find(
      (wallet) => wallet.walletId === walletId,
    );
  const opening = await at(question.from);
  const closing = await at(question.to);
  if (opening === undefined || closing === undefined) return null;
  const rows = await selectLines(tx, {
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
  const byDay = (read: (row: Row) => Money) =>
    new Map(rows.slice(0, limit).map((row) => [row.day, read(row)]));
  return {
    opening,
    closing,
    moneyIn,
    moneyOut,
    dayTotals: byDay((row) => fromMicros(row.day_total)),
    dayEnds: byDay((row) => opening.balance.plus(fromMicros(row.gained_by_then))),
    lines,
    next: rows.length > limit && last !== undefined ? { day: last.day, seq: last.seq } : null,
  };
}

/** What is summed up, and the entries since. */
async function selectLines(
  tx: Queryable,
  of: Question & { first: bigint; last: bigint; limit: number },
): Promise<Row[]> {
  const after = of.after ?? { day: '9999-12-31', seq: 0n };
  const wallet = Prisma.sql`company_id = ${of.companyId} AND wallet_id = ${of.walletId}`;
  const summed = Prisma.sql`coalesce((SELECT seq FROM wallet_summed WHERE ${wallet}), 0)`;
  return await tx.$queryRaw<Row[]>`
    WITH sums AS (
      SELECT bucket_at, alone_seq, type, class, category, first_seq, entries, in_micros, out_micros, general_micros, calling_micros,
        ai_micros, debt_micros
      FROM entry_rollup WHERE ${wallet} AND bucket_at >= ${of.from} AND bucket_at < ${of.to}
      UNION ALL
      SELECT * FROM ledger_sums_of_entries(${of.companyId}, ${of.walletId}, greatest(${of.first}, ${summed}), ${of.last})
    ), line AS (
      SELECT to_char(bucket_at AT TIME ZONE ${of.timeZone}, 'YYYY-MM-DD') AS day, min(first_seq) AS seq, type, class, category,
        sum(entries)::bigint AS entries, sum(in_micros) AS gained, sum(out_micros) AS lost, sum(general_micros)::bigint AS general,
        sum(calling_micros)::bigint AS calling, sum(ai_micros)::bigint AS ai, sum(debt_micros)::bigint AS debt
      FROM sums GROUP BY 1, alone_seq, type, class, category
    ), page AS (
      SELECT * FROM (
        SELECT line.*, sum(gained) OVER ()::bigint AS money_in, sum(lost) OVER ()::bigint AS money_out,
          sum(gained - lost) OVER (PARTITION BY day)::bigint AS day_total,
          sum(gained - lost) OVER (ORDER BY day)::bigint AS gained_by_then
        FROM line
      ) AS every_line
      WHERE (day, seq) < (${after.day}, ${after.seq}) ORDER BY day DESC, seq DESC LIMIT ${of.limit}
    )
    SELECT p.day, p.seq, p.type, nullif(p.class, '') AS class, nullif(p.category, '') AS category, p.entries,
      (p.gained - p.lost)::bigint AS amount, p.general, p.calling, p.ai, p.debt, p.money_in, p.money_out, p.day_total,
      p.gained_by_then, e.actor, e.reason
    FROM page AS p
    LEFT JOIN entry AS e ON p.entries = 1 AND e.company_id = ${of.companyId} AND e.wallet_id = ${of.walletId} AND e.seq = p.seq
    ORDER BY p.day DESC, p.seq DESC`;
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
