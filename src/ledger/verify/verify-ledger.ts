/**
 * Recomputes the books from their entries and compares. It reads only, may run while the ledger is posted to, and
 * holds little: a company at a time, a wallet at a time, every comparison inside the database. Its statements are prepared,
 * because planning one takes several times as long as checking a company of everyday size.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { Prisma } from '../../db/index.ts';
import type { DigestSigner } from '../digest/digest-head.ts';
import { checkDigests } from './check-digests.ts';
import { limitChecks } from './checks-of-limits.ts';
import { belongingChecks, sealChecks } from './checks-of-rows.ts';
import { usageChecks } from './checks-of-usage.ts';
import { walletChecks } from './checks-of-wallets.ts';
import type { Check, Finding } from './finding.ts';

export interface VerifyOptions {
  /** Checks of other modules' tables against the ledger's, run for each company after the ledger's own. */
  checks?: readonly Check[];
  /** Called for each breach as it is found. */
  onFinding: (finding: Finding) => void;
  /** Called after each check, with how many there are about. */
  onProgress?: (done: number, total: number) => void;
  /** Ends it after the check under way, with its AbortError. */
  stop?: AbortSignal;
  /** Checks the signatures of the digests; without it, only the digests themselves are compared. */
  signer?: DigestSigner;
}

/** How much was checked. */
export interface VerifySummary {
  companies: number;
  wallets: number;
  findings: number;
  /** Usage records whose numbers were erased: what they were is not checked any more. */
  erasedNumbers: number;
}

/** Of one invariant in one wallet or company: a broken chain has no need of a million lines. */
const MAX_FINDINGS_A_CHECK = 200;

/** Every table of the ledger: a row of a company that has no book is found, too. */
const TABLES = [
  'book',
  'wallet',
  'credit_grant',
  'entry',
  'entry_split',
  'usage_record',
  'usage_rollup',
  'usage_kind_rollup',
  'usage_member_rollup',
  'entry_rollup',
  'wallet_summed',
  'posting',
  'hold',
  'book_digest',
  'book_digest_head',
];

const findingRows = z.array(
  z.object({
    wallet_id: z.bigint().nullable(),
    row: z.string(),
    column: z.string(),
    expected: z.string().nullable(),
    found: z.string().nullable(),
  }),
);

/** Verifies every company's books. Each finding names company, wallet, row, column, and what it should have been. */
export async function verifyLedger(db: Queryable, options: VerifyOptions): Promise<VerifySummary> {
  const summary: VerifySummary = { companies: 0, wallets: 0, findings: 0, erasedNumbers: 0 };
  const { checks = [] } = options;
  const companyChecks = [...sealChecks, ...belongingChecks, ...usageChecks, ...limitChecks, ...checks];
  const total = options.onProgress === undefined ? 0 : await countChecks(db, companyChecks.length);
  let done = 0;
  const run = async (check: { name: string; table: string }, companyId: bigint, query: Prisma.Sql) => {
    options.stop?.throwIfAborted();
    const name = Prisma.raw(`/* prepared: verify-${check.name}-${check.table.replaceAll('_', '-')} */`);
    const rows = findingRows.parse(
      await db.$queryRaw(Prisma.sql`${name} ${query} LIMIT ${MAX_FINDINGS_A_CHECK}`),
    );
    done += 1;
    options.onProgress?.(done, Math.max(done, total));
    for (const { wallet_id, ...found } of rows) {
      summary.findings += 1;
      options.onFinding({ companyId, walletId: wallet_id, check: check.name, table: check.table, ...found });
    }
  };
  for await (const companyId of everyCompany(db)) {
    summary.companies += 1;
    summary.erasedNumbers += await countErased(db, companyId);
    for await (const finding of checkDigests(db, { companyId, ...options })) {
      summary.findings += 1;
      options.onFinding(finding);
    }
    for (const check of companyChecks) {
      await run(check, companyId, check.query({ companyId }));
    }
    for (const walletId of await walletsOf(db, companyId)) {
      summary.wallets += 1;
      for (const check of walletChecks) await run(check, companyId, check.query({ companyId, walletId }));
    }
  }
  return summary;
}

async function countErased(db: Queryable, companyId: bigint): Promise<number> {
  const rows = await db.$queryRaw<{ n: bigint }[]>`
    SELECT count(*) AS n FROM usage_record WHERE company_id = ${companyId} AND salt IS NULL
      AND numbers_digest <> ledger_numbers_digest(NULL, NULL, NULL)`;
  return Number(rows[0]?.n ?? 0n);
}

async function countChecks(db: Queryable, perCompany: number): Promise<number> {
  const [companies, wallets] = [await db.book.count(), await db.wallet.count()];
  return companies * perCompany + wallets * walletChecks.length;
}

const LEAST_BIGINT = -(2n ** 63n);

/** The companies that have any row in any table, by id: one step into each table's index a company. */
async function* everyCompany(db: Queryable): AsyncGenerator<bigint> {
  for (let from = LEAST_BIGINT; ; ) {
    const firsts = TABLES.map(
      (table) =>
        Prisma.sql`SELECT min(company_id) AS id FROM ${Prisma.raw(table)} WHERE company_id >= ${from}`,
    );
    const rows = await db.$queryRaw<{ id: bigint | null }[]>(
      Prisma.sql`SELECT min(id) AS id FROM (${Prisma.join(firsts, ' UNION ALL ')}) AS firsts`,
    );
    const id = rows[0]?.id ?? null;
    if (id === null) return;
    yield id;
    from = id + 1n;
  }
}

async function walletsOf(db: Queryable, companyId: bigint): Promise<bigint[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>`
    SELECT id FROM wallet WHERE company_id = ${companyId}
    UNION SELECT DISTINCT wallet_id FROM entry WHERE company_id = ${companyId} ORDER BY 1`;
  return rows.map(({ id }) => id);
}
