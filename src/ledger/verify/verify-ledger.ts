/**
 * Recomputes the books from their entries and compares. It reads only, may run while the ledger is posted to, and holds little:
 * every comparison is made inside the database, a statement each. Several connections take the statements in turns, the long ones
 * first; where they share a snapshot all of them see the same moment. Statements are prepared, because planning one takes
 * several times as long as checking a company of everyday size.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { Prisma } from '../../db/index.ts';
import { dayOf, endOfDay } from '../digest/compute-digest.ts';
import type { DigestSigner } from '../digest/digest-head.ts';
import { readDigests } from '../digest/read-digests.ts';
import { digestSteps } from './check-digests.ts';
import { entriesOfUsage } from './check-entries-of-usage.ts';
import { limitChecks } from './checks-of-limits.ts';
import { belongingChecks, sealChecks } from './checks-of-rows.ts';
import { usageChecks } from './checks-of-usage.ts';
import { walletChecks } from './checks-of-wallets.ts';
import { type Check, type Finding, MAX_FINDINGS_A_CHECK, postedSince, type Scope } from './finding.ts';
import { runInLanes } from './run-in-lanes.ts';

export interface VerifyOptions {
  /** Checks of other modules' tables against the ledger's, run for each company with the ledger's own. */
  checks?: readonly Check[];
  /**
   * Checks only what was posted since the last closed day of each company, or since a UTC day (`2026-11-28`) where that is earlier:
   * the digests stand for what lies before. A company that has no closed day is checked whole.
   */
  since?: 'last-closed-day' | string;
  /** Called for each breach as it is found. */
  onFinding: (finding: Finding) => void;
  /** Called after each check or recomputed day, with how many there are about. */
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
  /** Where not everything was checked: the entries that were, since the first of these days; and the companies checked whole. */
  part: { since: string | null; entries: number; wholeCompanies: number } | null;
}

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

/** The slowest checks come first, so that no connection ends with one while the others are idle. */
const CHECKS: readonly Check[] = [
  entriesOfUsage,
  ...usageChecks,
  ...walletChecks,
  ...sealChecks,
  ...belongingChecks,
  ...limitChecks,
];

const findingRows = z.array(
  z.object({
    check_name: z.string().optional(),
    table_name: z.string().optional(),
    wallet_id: z.bigint().nullable(),
    row: z.string(),
    column: z.string(),
    expected: z.string().nullable(),
    found: z.string().nullable(),
  }),
);

/**
 * Verifies every company's books. Each finding names company, wallet, row, column, and what it should have been.
 * Applies R28.8.
 */
export async function verifyLedger(db: Queryable, options: VerifyOptions): Promise<VerifySummary> {
  return await verifyOn([db], options);
}

/** The same on several connections, which had better share a snapshot. */
export async function verifyOn(
  lanes: readonly [Queryable, ...Queryable[]],
  options: VerifyOptions,
): Promise<VerifySummary> {
  const part = options.since === undefined ? null : { since: null, entries: 0, wholeCompanies: 0 };
  const summary: VerifySummary = { companies: 0, wallets: 0, findings: 0, erasedNumbers: 0, part };
  const onFinding = (finding: Finding) => {
    summary.findings += 1;
    options.onFinding(finding);
  };
  const [first] = lanes;
  const allChecks = [...CHECKS, ...(options.checks ?? [])];
  const total =
    options.onProgress === undefined
      ? 0
      : (await first.book.count()) * allChecks.length + (await countDays(first, options));
  let done = 0;
  const counted = (step: (db: Queryable) => Promise<void>) => async (db: Queryable) => {
    await step(db);
    done += 1;
    options.onProgress?.(done, Math.max(done, total));
  };
  for await (const companyId of everyCompany(first)) {
    options.stop?.throwIfAborted();
    summary.companies += 1;
    summary.wallets += await countWallets(first, companyId);
    const digests = await readDigests(first, companyId);
    const scope: Scope = { companyId, since: beginOfPart(options.since, digests.at(-1)?.day) };
    await countPart(first, scope, summary);
    summary.erasedNumbers += await countErased(first, scope);
    const steps = await digestSteps(first, { ...options, scope, digests, onFinding });
    const checks = allChecks.map(
      (check, index) => async (db: Queryable) =>
        await runCheck(db, { ...check, statement: statementName(index, scope) }, scope, onFinding),
    );
    await runInLanes(lanes, [...steps, ...checks].map(counted), options.stop);
  }
  return summary;
}

async function countErased(db: Queryable, scope: Scope): Promise<number> {
  const rows = await db.$queryRaw<{ n: bigint }[]>`
    SELECT count(*) AS n FROM usage_record WHERE company_id = ${scope.companyId} AND salt IS NULL
      AND numbers_digest <> ledger_numbers_digest(NULL, NULL, NULL) ${postedSince(scope, 'posted_at')}`;
  return Number(rows[0]?.n ?? 0n);
}

/** The end of the last closed day, or the day that is asked for, whichever is earlier; null: everything. */
function beginOfPart(since: VerifyOptions['since'], lastDay: string | undefined): Date | null {
  if (since === undefined || lastDay === undefined) return null;
  const closed = endOfDay(lastDay);
  if (since === 'last-closed-day') return closed;
  const asked = new Date(`${since}T00:00:00Z`);
  return asked < closed ? asked : closed;
}

async function countPart(db: Queryable, { companyId, since }: Scope, { part }: VerifySummary): Promise<void> {
  if (part === null) return;
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM entry
    WHERE company_id = ${companyId} AND posted_at >= ${since?.toISOString() ?? '-infinity'}::timestamptz`;
  part.entries += row?.count ?? 0;
  if (since === null) part.wholeCompanies += 1;
  else if (part.since === null || dayOf(since) < part.since) part.since = dayOf(since);
}

/** How many days' digests are recomputed about. */
async function countDays(db: Queryable, { since }: VerifyOptions): Promise<number> {
  if (since === undefined) return await db.bookDigest.count();
  if (since === 'last-closed-day') return 0;
  return await db.bookDigest.count({ where: { day: { gte: new Date(`${since}T00:00:00Z`) } } });
}

/** Names of prepared statements have letters alone. */
function statementName(index: number, { since }: Scope): string {
  return `verify-${since === null ? 'all' : 'part'}-${[...index.toString(26)].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join('')}`;
}

async function runCheck(
  db: Queryable,
  check: Check & { statement: string },
  scope: Scope,
  onFinding: (finding: Finding) => void,
): Promise<void> {
  const name = Prisma.raw(`/* prepared: ${check.statement} */ /* ${check.name} ${check.table} */`);
  const rows = findingRows.parse(
    await db.$queryRaw(Prisma.sql`${name} ${check.query(scope)} LIMIT ${3 * MAX_FINDINGS_A_CHECK}`),
  );
  for (const { wallet_id, check_name = check.name, table_name = check.table, ...found } of rows)
    onFinding({
      ...{ companyId: scope.companyId, walletId: wallet_id, check: check_name, table: table_name },
      ...found,
    });
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

async function countWallets(db: Queryable, companyId: bigint): Promise<number> {
  const rows = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM wallet WHERE company_id = ${companyId}`;
  return rows[0]?.count ?? 0;
}
