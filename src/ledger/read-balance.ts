import { Decimal } from 'decimal.js';
import type { Queryable } from '../db/index.ts';
import { DAY_MS } from '../durations.ts';
import { RefillError } from '../errors.ts';
import { fromMicros, type Money } from '../money.ts';
import type { Bundle, CompanyBalance, UsageClass, WalletBalance } from './types.ts';

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

interface BookRow {
  pooled: boolean;
  pool_wallet_id: bigint;
  primary_wallet_id: bigint;
}

interface BundleRow {
  kind: 'calling' | 'ai';
  amount_micros: bigint;
  remaining_micros: bigint;
  effective_at: Date;
  expires_at: Date;
  in_force: boolean;
}

/** A wallet of a book with one of its bundles; a wallet without any has one row without. */
type Row = BookRow & WalletRow & (BundleRow | { [column in keyof BundleRow]: null });

/**
 * What a company has now: per kind, per office, with its bundles and what each class can spend (R6, R24). All of it is
 * read at one moment: wallets and bundles of two would tell of credits twice, or of none.
 * Throws RefillError `no-book`.
 */
export async function readBalance(db: Queryable, companyId: bigint, at: Date): Promise<CompanyBalance> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT b.pooled, b.pool_wallet_id, b.primary_wallet_id, w.*, g.kind, g.amount_micros, g.remaining_micros, g.effective_at,
      g.expires_at, g.effective_at <= ${at} AND ${at} < g.expires_at AS in_force
    FROM book AS b JOIN wallet AS w USING (company_id)
    LEFT JOIN credit_grant AS g ON g.company_id = w.company_id AND g.wallet_id = w.id AND g.kind <> 'general'
      AND (g.is_open OR g.expires_at > ${at}) AND g.expires_at < 'infinity'
    WHERE b.company_id = ${companyId}
    ORDER BY w.office_id NULLS FIRST, g.expires_at, g.id`;
  const [book] = rows;
  const read = [...new Set(rows.map(({ id }) => id))].map((id) =>
    toWallet(rows.filter((row) => row.id === id)),
  );
  const pool = read.find(({ walletId }) => walletId === book?.pool_wallet_id);
  const primary = read.find(({ walletId }) => walletId === book?.primary_wallet_id);
  if (book === undefined || pool === undefined || primary === undefined)
    throw new RefillError('no-book', 'This company has no books yet.', { companyId });
  const { pooled } = book;
  const behind = pooled ? withHoldsOf(read, pool) : pool;
  return {
    at,
    pooled,
    wallets: read.map((wallet) => withAvailable(wallet, { pool: behind, primary, pooled })),
  };
}

/** A wallet by itself. `idle`: what is left of bundles that are over and not yet lapsed, or have not begun. */
interface Bare extends Omit<WalletBalance, 'available' | 'freeGeneral'> {
  idle: Record<UsageClass, Money>;
}

/** No month is as long, no year as short. */
const LONG_PERIOD_MS = 60 * DAY_MS;

function toWallet(rows: readonly Row[]): Bare {
  const [row] = rows;
  if (row === undefined) throw new Error('a wallet has a row');
  const bundles = rows.filter((each): each is Row & BundleRow => each.kind !== null);
  const watch = (micros: bigint | null): Money | null => (micros === null ? null : fromMicros(micros));
  return {
    walletId: row.id,
    officeId: row.office_id,
    general: fromMicros(row.general_micros),
    calling: fromMicros(row.calling_micros),
    ai: fromMicros(row.ai_micros),
    debt: { calls: fromMicros(row.debt_calls_micros), ai: fromMicros(row.debt_ai_micros) },
    held: { calls: fromMicros(row.held_calls_micros), ai: fromMicros(row.held_ai_micros) },
    watch: {
      calls: watch(row.watch_calls_micros),
      ai: watch(row.watch_ai_micros),
      general: watch(row.watch_general_micros),
    },
    bundles: bundles.filter((bundle) => bundle.in_force).map(toBundle),
    idle: { calls: idleOf(bundles, 'calling'), ai: idleOf(bundles, 'ai') },
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

function idleOf(bundles: readonly BundleRow[], kind: BundleRow['kind']): Money {
  const idle = bundles.filter((bundle) => bundle.kind === kind && !bundle.in_force);
  return fromMicros(idle.reduce((sum, bundle) => sum + bundle.remaining_micros, 0n));
}

const bundleOf = (wallet: Bare, usageClass: UsageClass): Money =>
  usageClass === 'calls' ? wallet.calling : wallet.ai;
const other = (usageClass: UsageClass): UsageClass => (usageClass === 'calls' ? 'ai' : 'calls');

/** What is left of a class's bundles that are in force. */
const inForce = (wallet: Bare, usageClass: UsageClass): Money =>
  bundleOf(wallet, usageClass).minus(wallet.idle[usageClass]);

/** What a class's holds take beyond its bundle. */
const heldBeyond = (wallet: Bare, usageClass: UsageClass): Money =>
  Decimal.max(wallet.held[usageClass].minus(inForce(wallet, usageClass)), 0);

/**
 * A wallet by itself: its bundle and general credits, less debt, holds, and what the other class holds of the general;
 * that is never more than those are, as the other class cannot spend this one's bundle.
 */
function spendable(wallet: Bare, usageClass: UsageClass): Money {
  return inForce(wallet, usageClass)
    .plus(wallet.general)
    .minus(wallet.debt[usageClass])
    .minus(wallet.held[usageClass])
    .minus(Decimal.min(heldBeyond(wallet, other(usageClass)), wallet.general));
}

function freeGeneral(wallet: Bare): Money {
  return wallet.general
    .minus(wallet.debt.calls)
    .minus(wallet.debt.ai)
    .minus(heldBeyond(wallet, 'calls'))
    .minus(heldBeyond(wallet, 'ai'));
}

/** The pool as what it stands behind leaves it: with the holds of offices whose own bundle does not cover them any more. */
function withHoldsOf(wallets: readonly Bare[], pool: Bare): Bare {
  const offices = wallets.filter(({ walletId }) => walletId !== pool.walletId);
  const held = (usageClass: UsageClass): Money =>
    offices.reduce((sum, office) => sum.plus(heldBeyond(office, usageClass)), pool.held[usageClass]);
  return { ...pool, held: { calls: held('calls'), ai: held('ai') } };
}

/** R5: shared credits stand behind every office's own bundle, and AI is always the primary office's. */
function withAvailable(
  wallet: Bare,
  { pool, primary, pooled }: { pool: Bare; primary: Bare; pooled: boolean },
): WalletBalance {
  const { idle: _, ...told } = wallet;
  const isPool = wallet.walletId === pool.walletId;
  const free = (own: Bare, usageClass: UsageClass): Money => {
    if (!pooled) return spendable(own, usageClass);
    const behind = spendable(pool, usageClass);
    if (own.walletId === pool.walletId) return behind;
    return behind.plus(Decimal.max(inForce(own, usageClass).minus(own.held[usageClass]), 0));
  };
  return {
    ...told,
    freeGeneral: freeGeneral(isPool ? pool : wallet),
    available: {
      calls: free(wallet, 'calls'),
      ai: isPool && !pooled ? spendable(wallet, 'ai') : free(primary, 'ai'),
    },
  };
}
