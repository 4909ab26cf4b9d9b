import { Decimal } from 'decimal.js';
import type { Queryable } from '../db/index.ts';
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

interface BundleRow {
  wallet_id: bigint;
  kind: 'calling' | 'ai';
  amount_micros: bigint;
  remaining_micros: bigint;
  effective_at: Date;
  expires_at: Date;
  in_force: boolean;
}

/**
 * What a company has now: per kind, per office, with its bundles and what each class can spend (R6, R24).
 * Throws RefillError `no-book`.
 */
export async function readBalance(db: Queryable, companyId: bigint, at: Date): Promise<CompanyBalance> {
  const [books, wallets, bundles] = await Promise.all([
    db.$queryRaw<{ pooled: boolean; pool_wallet_id: bigint; primary_wallet_id: bigint }[]>`
      SELECT pooled, pool_wallet_id, primary_wallet_id FROM book WHERE company_id = ${companyId}`,
    db.$queryRaw<
      WalletRow[]
    >`SELECT * FROM wallet WHERE company_id = ${companyId} ORDER BY office_id NULLS FIRST`,
    db.$queryRaw<
      BundleRow[]
    >`SELECT wallet_id, kind, amount_micros, remaining_micros, effective_at, expires_at,
        effective_at <= ${at} AND ${at} < expires_at AS in_force FROM credit_grant
      WHERE company_id = ${companyId} AND kind <> 'general' AND (is_open OR expires_at > ${at}) AND expires_at < 'infinity'
      ORDER BY expires_at, id`,
  ]);
  const book = books[0];
  if (book === undefined) throw new RefillError('no-book', 'This company has no books yet.', { companyId });
  const read = wallets.map((row) =>
    toWallet(
      row,
      bundles.filter((bundle) => bundle.wallet_id === row.id),
    ),
  );
  const pool = read.find(({ walletId }) => walletId === book.pool_wallet_id);
  const primary = read.find(({ walletId }) => walletId === book.primary_wallet_id);
  if (pool === undefined || primary === undefined)
    throw new RefillError('no-book', 'This company has no books yet.');
  return {
    at,
    pooled: book.pooled,
    wallets: read.map((wallet) => withAvailable(wallet, { pool, primary, pooled: book.pooled })),
  };
}

/** A wallet by itself. `idle`: what is left of bundles that are over and not yet lapsed, or have not begun. */
interface Bare extends Omit<WalletBalance, 'available' | 'freeGeneral'> {
  idle: Record<UsageClass, Money>;
}

/** No month is as long, no year as short. */
const LONG_PERIOD_MS = 60 * 86_400_000;

function toWallet(row: WalletRow, bundles: readonly BundleRow[]): Bare {
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

/** A wallet by itself: its bundle and general credits, less debt, holds, and the other class's holds on the general. */
function spendable(wallet: Bare, usageClass: UsageClass): Money {
  return inForce(wallet, usageClass)
    .plus(wallet.general)
    .minus(wallet.debt[usageClass])
    .minus(wallet.held[usageClass])
    .minus(heldOfGeneral(wallet, other(usageClass)));
}

/** What a class's holds take of the general credits: what its bundle does not cover. */
function heldOfGeneral(wallet: Bare, usageClass: UsageClass): Money {
  return Decimal.max(wallet.held[usageClass].minus(bundleOf(wallet, usageClass)), 0);
}

function freeGeneral(wallet: Bare): Money {
  return wallet.general
    .minus(wallet.debt.calls)
    .minus(wallet.debt.ai)
    .minus(heldOfGeneral(wallet, 'calls'))
    .minus(heldOfGeneral(wallet, 'ai'));
}

/** R5: shared credits stand behind every office's own bundle, and AI is always the primary office's. */
function withAvailable(
  { idle, ...bare }: Bare,
  book: { pool: Bare; primary: Bare; pooled: boolean },
): WalletBalance {
  const wallet = { ...bare, idle };
  const isPool = wallet.walletId === book.pool.walletId;
  const behind = (own: Bare, usageClass: UsageClass): Money =>
    book.pooled && own.walletId !== book.pool.walletId
      ? inForce(own, usageClass).minus(own.held[usageClass]).plus(spendable(book.pool, usageClass))
      : spendable(own, usageClass);
  return {
    ...bare,
    freeGeneral: freeGeneral(wallet),
    available: {
      calls: behind(wallet, 'calls'),
      ai: isPool && !book.pooled ? spendable(wallet, 'ai') : behind(book.primary, 'ai'),
    },
  };
}
