import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../durations.ts';
import { fromMicros, type Money } from '../money.ts';
import { noBook } from './ledger-error.ts';
import type { Bundle, CompanyBalance, Level, WalletBalance } from './types.ts';

interface WalletRow {
  id: bigint;
  office_id: bigint | null;
  general_micros: bigint;
  calling_micros: bigint;
  ai_micros: bigint;
  debt_calls_micros: bigint;
  debt_ai_micros: bigint;
  held_calls_micros: bigint;
  held_ai_micros: bigint;
  watch_calls_micros: bigint | null;
  watch_ai_micros: bigint | null;
  watch_general_micros: bigint | null;
}

interface BundleRow {
  kind: 'calling' | 'ai';
  amount_micros: bigint;
  remaining_micros: bigint;
  effective_at: Date;
  expires_at: Date;
}

interface FiguresRow {
  available_calls_micros: bigint;
  available_ai_micros: bigint;
  free_general_micros: bigint;
  level_calls: Level;
  level_ai: Level;
  level_general: Level;
}

/** A wallet with one of its bundles; a wallet without any has one row without. */
type Row = WalletRow & FiguresRow & { pooled: boolean } & (BundleRow | { [column in keyof BundleRow]: null });

/**
 * What a company has now: per kind, per office, with its bundles and what each class can spend (R6, R24), as
 * `ledger_balance` decides. All of it is read at one moment: wallets and bundles of two moments could count credits twice, or
 * of none. Throws RefillError `no-book`. Applies R24.1.
 */
export async function readBalance(db: Queryable, companyId: bigint, at: Date): Promise<CompanyBalance> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT book.pooled, wallet.*, balance.*, credit_grant.kind, credit_grant.amount_micros, credit_grant.remaining_micros,
      credit_grant.effective_at, credit_grant.expires_at
    FROM book JOIN wallet USING (company_id)
    JOIN ledger_balance(${companyId}, ${at}) AS balance ON balance.wallet_id = wallet.id
    LEFT JOIN credit_grant ON credit_grant.company_id = wallet.company_id AND credit_grant.wallet_id = wallet.id
      AND credit_grant.kind <> 'general' AND credit_grant.effective_at <= ${at} AND ${at} < credit_grant.expires_at
      AND credit_grant.expires_at < 'infinity'
    WHERE book.company_id = ${companyId}
    ORDER BY wallet.office_id NULLS FIRST, credit_grant.expires_at, credit_grant.id`;
  const [first] = rows;
  if (first === undefined) throw noBook(companyId);
  const wallets = [...new Set(rows.map(({ id }) => id))].map((id) =>
    toWallet(rows.filter((row) => row.id === id)),
  );
  return { at, pooled: first.pooled, wallets };
}

/** No month is as long, no year as short. */
const LONG_PERIOD_MS = 60 * DAY_MS;

function toWallet(rows: readonly Row[]): WalletBalance {
  const [row] = rows;
  if (row === undefined) throw new Error('a wallet has a row');
  const watch = (micros: bigint | null): Money | null => (micros === null ? null : fromMicros(micros));
  return {
    walletId: row.id,
    officeId: row.office_id,
    general: fromMicros(row.general_micros),
    calling: fromMicros(row.calling_micros),
    ai: fromMicros(row.ai_micros),
    debt: { calls: fromMicros(row.debt_calls_micros), ai: fromMicros(row.debt_ai_micros) },
    held: { calls: fromMicros(row.held_calls_micros), ai: fromMicros(row.held_ai_micros) },
    available: { calls: fromMicros(row.available_calls_micros), ai: fromMicros(row.available_ai_micros) },
    freeGeneral: fromMicros(row.free_general_micros),
    level: { calls: row.level_calls, ai: row.level_ai, general: row.level_general },
    watch: {
      calls: watch(row.watch_calls_micros),
      ai: watch(row.watch_ai_micros),
      general: watch(row.watch_general_micros),
    },
    bundles: rows.filter((each): each is Row & BundleRow => each.kind !== null).map(toBundle),
  };
}

function toBundle(bundle: BundleRow): Bundle {
  const lastsMs = bundle.expires_at.getTime() - bundle.effective_at.getTime();
  return {
    kind: bundle.kind,
    amount: fromMicros(bundle.amount_micros),
    remaining: fromMicros(bundle.remaining_micros),
    period: lastsMs > LONG_PERIOD_MS ? 'annual' : 'monthly',
    expiresAt: bundle.expires_at,
  };
}
