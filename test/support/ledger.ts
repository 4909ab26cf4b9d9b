import { randomInt } from 'node:crypto';
import type { Db, Queryable } from '../../src/db/index.ts';
import { DAY_MS } from '../../src/durations.ts';
import {
  type CreditKind,
  type Finding,
  grantCredits,
  type NewUsage,
  openWallets,
  postUsage,
  readBalance,
  type UsageOutcome,
  verifyLedger,
} from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { numberKey } from './number-key.ts';

/** Of every test's company: the primary office, and another. */
export const MAIN = 10n;
export const BRANCH = 20n;

/** A company of a test's own with two offices, and the words to play with its books. Times are days of November 2026. */
export async function openBooks(db: Db, { pooled = false }: { pooled?: boolean } = {}) {
  const companyId = BigInt(randomInt(1_000_000, 2 ** 47));
  let keys = 0;
  const key = () => {
    keys += 1;
    return `key-${keys}`;
  };
  await openWallets(db, {
    companyId,
    officeIds: [MAIN, BRANCH],
    primaryOfficeId: MAIN,
    pooled,
    at: november(1),
  });
  return {
    companyId,

    /** Credits dollars on a day, 2 unless told; bundles last the 30 days from then unless told. */
    async grant(kind: CreditKind, amount: string, options: GrantWords = {}) {
      const at = november(options.on ?? 2);
      return grantCredits(db, {
        companyId,
        officeId: options.office === undefined ? MAIN : options.office,
        kind,
        amount: dollars(amount),
        key: options.key ?? key(),
        source: kind === 'general' ? 'purchase' : 'bundle',
        reference: '1',
        actor: 'test',
        reason: 'Test',
        ...(kind === 'general'
          ? {}
          : { effectiveAt: at, expiresAt: options.until ?? new Date(at.getTime() + 30 * DAY_MS) }),
        at,
      });
    },

    /** A usage of this company's: a one-minute international call of the primary office unless told. */
    usage(facts: Partial<Omit<NewUsage, 'cost'>> & { cost?: string } = {}): NewUsage {
      return {
        source: 'api',
        externalId: key(),
        officeId: MAIN,
        departmentId: null,
        memberId: 7n,
        class: 'calls',
        category: facts.class === 'ai' ? 'ai_conversation' : 'international',
        direction: 'outbound',
        externalNumber: '+442071838750',
        internalNumber: '+14155550100',
        usageAt: november(3),
        durationMs: 60_000,
        billedSeconds: 60,
        quantity: 1,
        price: null,
        ...facts,
        cost: dollars(facts.cost ?? '1'),
      };
    },

    /** Posts records on a day, an hour after the last of them unless told. */
    async post(records: NewUsage[], at?: Date): Promise<UsageOutcome[]> {
      const last = Math.max(...records.map(({ usageAt }) => usageAt.getTime()));
      return postUsage(db, { numberKey, companyId, at: at ?? new Date(last + 3_600_000), records });
    },

    /** What an office (null: the pool) has, in dollars, without what is nothing. */
    async has(officeId: bigint | null = MAIN): Promise<Record<string, string>> {
      const balance = await readBalance(db, companyId, november(3));
      const wallet = balance.wallets.find((one) => one.officeId === officeId);
      if (wallet === undefined) throw new Error(`office ${officeId} has no wallet`);
      const figures = {
        general: wallet.general,
        calling: wallet.calling,
        ai: wallet.ai,
        owesCalls: wallet.debt.calls,
        owesAi: wallet.debt.ai,
        heldCalls: wallet.held.calls,
        heldAi: wallet.held.ai,
      };
      return Object.fromEntries(
        Object.entries(figures)
          .filter(([, amount]) => !amount.isZero())
          .map(([name, amount]) => [name, amount.toFixed(2)]),
      );
    },

    /** The entries of an office's wallet (null: the pool's), oldest first, with their parts as they were drawn. */
    async entries(officeId: bigint | null = MAIN): Promise<string[]> {
      const rows = await db.$queryRaw<{ line: string }[]>`
        SELECT format('%s %s%s', e.type, (e.amount_micros / 1000000.0)::numeric(12, 2), coalesce(' = ' || (
          SELECT string_agg(format('%s %s', coalesce(g.kind, 'debt ' || s.debt_class), (s.amount_micros / 1000000.0)::numeric(12, 2)), ', ' ORDER BY s.part)
          FROM entry_split AS s LEFT JOIN credit_grant AS g ON g.company_id = s.company_id AND g.wallet_id = s.wallet_id AND g.id = s.grant_id
          WHERE s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq), '')) AS line
        FROM entry AS e JOIN wallet AS w ON w.company_id = e.company_id AND w.id = e.wallet_id
        WHERE e.company_id = ${companyId} AND w.office_id IS NOT DISTINCT FROM ${officeId}::bigint ORDER BY e.seq`;
      return rows.map(({ line }) => line);
    },
  };
}

export type Books = Awaited<ReturnType<typeof openBooks>>;

interface GrantWords {
  office?: bigint | null;
  on?: number;
  until?: Date;
  key?: string;
}

/** A moment of November 2026, UTC; days may be fractions, and run on into other months. */
export function november(day: number): Date {
  return new Date(Date.UTC(2026, 10, 1) + Math.round((day - 1) * DAY_MS));
}

/** What verify finds in a database; nothing, after whatever a test did through the ledger. */
export async function findings(db: Queryable): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyLedger(db, { onFinding: (finding) => found.push(finding) });
  return found;
}
