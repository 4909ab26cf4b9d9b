import { Prisma, type Queryable } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import {
  type CompanyState,
  type CreditEnforcement,
  judgeEnforcement,
  stateOfCompany,
} from '../../org/index.ts';
import { POLLED_STATES } from '../orders/order-state.ts';

/** How a company stands, for the operator. */
export interface CompanyStanding {
  id: bigint;
  name: string;
  workspace: string | null;
  billingMethod: string;
  state: CompanyState;
  suspendedAt: Date | null;
  suspendedReason: string | null;
  closedAt: Date | null;
  creditSharing: 'per_office' | 'company';
  /** The sum of what calls and messages can still spend, wallet by wallet: no debt is set against another's credits. */
  available: Money;
  general: Money;
  bundles: Money;
  overdrawn: Money;
  /** `on`, `off`, `paused`, or on for some offices only. */
  autoRecharge: string;
  /** Why purchases and auto-recharge do not run; null: they do. */
  paused: string | null;
  openOrders: number;
  openDisputes: number;
  /** When what was used last was used; null where nothing ever was. */
  lastUsageAt: Date | null;
  /** What is set, and what it comes to by what was heard of the phone system. */
  enforcement: { setting: CreditEnforcement; now: CreditEnforcement };
}

interface Row {
  id: bigint;
  name: string;
  workspace: string | null;
  billingMethod: string;
  suspendedAt: Date | null;
  suspendedReason: string | null;
  closingAt: Date | null;
  closedAt: Date | null;
  pooled: boolean;
  availableMicros: bigint;
  generalMicros: bigint;
  bundleMicros: bigint;
  debtMicros: bigint;
  payingWallets: number;
  /** Why each auto-recharge that is on is paused, if it is. */
  recharges: (string | null)[] | null;
  isDisputed: boolean;
  openOrders: number;
  openDisputes: number;
  lastUsageAt: Date | null;
}

/**
 * How each company stands, or one of them, in the order of their numbers: what it has and owes, how it shares, and what
 * does not run. One query, whatever their number, and one more for who is enforced.
 */
export async function readStandings(db: Queryable, at: Date, companyId?: bigint): Promise<CompanyStanding[]> {
  const rows = await readRows(db, at, companyId);
  const enforced = await judgeEnforcement(db, at, companyId);
  const enforcementOf = new Map(enforced.map((each) => [each.companyId, each]));
  return rows.map((row) => {
    const enforcement = enforcementOf.get(row.id);
    const { id, name, workspace, billingMethod, openOrders, openDisputes, lastUsageAt } = row;
    return {
      id,
      name,
      workspace,
      billingMethod,
      state: stateOfCompany(row),
      suspendedAt: row.suspendedAt,
      suspendedReason: row.suspendedReason,
      closedAt: row.closedAt,
      creditSharing: row.pooled ? 'company' : 'per_office',
      available: fromMicros(row.availableMicros),
      general: fromMicros(row.generalMicros),
      bundles: fromMicros(row.bundleMicros),
      overdrawn: fromMicros(row.debtMicros),
      autoRecharge: describeRecharge(row.recharges ?? [], row.payingWallets),
      paused: describePause(row),
      openOrders,
      openDisputes,
      lastUsageAt,
      enforcement: {
        setting: enforcement?.isSet === true ? 'enforced' : 'reported',
        now: enforcement?.isEnforced === true ? 'enforced' : 'reported',
      },
    };
  });
}

/** Where credits are shared, an office's own available includes the pool's: the pool alone pays then, else each office. */
async function readRows(db: Queryable, at: Date, companyId: bigint | undefined): Promise<Row[]> {
  const one = companyId === undefined ? Prisma.empty : Prisma.sql`WHERE company.id = ${companyId}`;
  return await db.$queryRaw<Row[]>(Prisma.sql`
    SELECT company.id, company.name, workspace.name AS workspace, company.billing_method::text AS "billingMethod",
      company.suspended_at AS "suspendedAt", company.suspended_reason AS "suspendedReason",
      company.closing_at AS "closingAt", company.closed_at AS "closedAt", book.pooled, sums.*,
      disputes.pausing > 0 AS "isDisputed", disputes.open AS "openDisputes", orders.open AS "openOrders",
      (SELECT usage_at FROM usage_record WHERE usage_record.company_id = company.id ORDER BY usage_at DESC LIMIT 1)
        AS "lastUsageAt"
    FROM company
    JOIN book ON book.company_id = company.id
    LEFT JOIN workspace ON workspace.company_id = company.id
    CROSS JOIN LATERAL (
      SELECT
        coalesce(sum(trunc(greatest(balance.available_calls_micros, 0) / 10000) * 10000)
          FILTER (WHERE is_paying), 0)::bigint AS "availableMicros",
        coalesce(sum(wallet.general_micros), 0)::bigint AS "generalMicros",
        coalesce(sum(wallet.calling_micros + wallet.ai_micros), 0)::bigint AS "bundleMicros",
        coalesce(sum(wallet.debt_calls_micros + wallet.debt_ai_micros), 0)::bigint AS "debtMicros",
        (count(*) FILTER (WHERE is_paying))::int AS "payingWallets",
        array_agg(setting.paused_for ORDER BY wallet.id) FILTER (WHERE is_paying AND setting.is_on) AS recharges
      FROM wallet
      JOIN ledger_balance(company.id, ${at}) AS balance ON balance.wallet_id = wallet.id
      CROSS JOIN LATERAL (SELECT (wallet.office_id IS NULL) = book.pooled AS is_paying) AS pays
      LEFT JOIN recharge_setting AS setting ON setting.company_id = wallet.company_id AND setting.wallet_id = wallet.id
      WHERE wallet.company_id = company.id
    ) AS sums
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE state = 'open'))::int AS open,
        count(*) FILTER (WHERE state IN ('open', 'lost') AND cleared_at IS NULL) AS pausing
      FROM dispute WHERE dispute.company_id = company.id
    ) AS disputes
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS open FROM purchase_order
      WHERE purchase_order.company_id = company.id AND state::text = ANY (${POLLED_STATES})
    ) AS orders
    ${one}
    ORDER BY company.id`);
}

function describePause({ suspendedAt, closingAt, closedAt, isDisputed }: Row): string | null {
  if (closedAt !== null) return 'its closing';
  if (closingAt !== null) return 'its closing, which is not complete';
  if (suspendedAt !== null) return 'you (suspended)';
  return isDisputed ? 'a dispute' : null;
}

function describeRecharge(pauses: readonly (string | null)[], wallets: number): string {
  if (pauses.length === 0) return 'off';
  const paused = pauses.filter((reason) => reason !== null);
  const where = pauses.length === wallets ? 'on' : `on for ${pauses.length} of ${wallets}`;
  if (paused.length === 0) return where;
  const reasons = [...new Set(paused)]
    .map((reason) => (reason === 'no_card' ? 'no card' : reason))
    .join(', ');
  return paused.length === pauses.length
    ? `paused (${reasons})`
    : `${where}, ${paused.length} paused (${reasons})`;
}
