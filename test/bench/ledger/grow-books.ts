import type pg from 'pg';
import { adjustCredits } from '../../../src/billing/index.ts';
import { type Db, inTransaction } from '../../../src/db/index.ts';
import { type NewUsage, postUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { numberKey } from '../../support/number-key.ts';

const BATCH = 5_000;
const PEOPLE = 300;
/** November of the company's zone. */
export const MONTH = { from: new Date('2026-11-01T07:00:00Z'), to: new Date('2026-12-01T08:00:00Z') };
const MONTH_MS = MONTH.to.getTime() - MONTH.from.getTime();
const CATEGORIES = ['international', 'domestic', 'sms', 'toll_free'] as const;
const COST = dollars('0.0137');

/** When all of it is posted: the month is just over. */
export const POSTED_AT = new Date('2026-12-01T09:00:00Z');

/** A company and the wallet that pays for it. */
export interface GrowingCompany {
  company: TestCompany;
  memberIds: readonly bigint[];
  walletId: bigint;
}

/** A company of two offices and many people that shares a great deal of credit, and has used none of it. */
export async function openCompany(db: Db): Promise<GrowingCompany> {
  const company = await testCompany(db, { pooled: true });
  const { companyId, officeIds } = company;
  const members = await db.$queryRaw<{ id: bigint }[]>`
    INSERT INTO member (company_id, office_id, kind, name, licence)
    SELECT ${companyId}, (${officeIds}::bigint[])[1 + (n - 1) % 2], 'person', 'Person ' || n, 'talk'
    FROM generate_series(1, ${PEOPLE}) AS n RETURNING id`;
  await inTransaction(db, (tx) =>
    adjustCredits(tx, {
      companyId,
      kind: 'opening',
      officeId: null,
      amount: dollars('1000000'),
      actor: 'bench',
      reason: 'Bench',
      at: MONTH.from,
    }),
  );
  const pool = await db.wallet.findFirstOrThrow({ where: { companyId, officeId: null } });
  return { company, memberIds: members.map(({ id }) => id), walletId: pool.id };
}

/**
 * The record of a number: everybody calls and writes all month long. `aMonth` records go once through the month in the
 * order of time; the next as many go through it again, other people at other moments.
 */
export function recordOf({ company, memberIds }: GrowingCompany, number: number, aMonth: number): NewUsage {
  const passed = ((number % aMonth) + (Math.floor(number / aMonth) % 100) / 100) / aMonth;
  const person = (number * 7_919 + Math.floor(number / aMonth) * 131) % PEOPLE;
  return {
    source: 'api',
    externalId: `record-${number}`,
    officeId: company.officeIds[person % 2] ?? null,
    departmentId: null,
    memberId: memberIds[person] ?? null,
    class: 'calls',
    category: CATEGORIES[Math.floor(number / 7) % CATEGORIES.length] ?? 'sms',
    direction: 'outbound',
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    usageAt: new Date(Math.floor(MONTH.from.getTime() + passed * MONTH_MS)),
    durationMs: 61_500,
    billedSeconds: 120,
    quantity: 1,
    cost: COST,
    price: '+44 20, $0.0100/min',
  };
}

/** Posts the records [from, to) through the ledger's own function, the next batch being made while one is posted. */
export async function fillMonth(
  db: Db,
  growing: GrowingCompany,
  { from, to, aMonth }: { from: number; to: number; aMonth: number },
): Promise<void> {
  const { companyId } = growing.company;
  const batchAt = (start: number) =>
    Array.from({ length: Math.max(0, Math.min(BATCH, to - start)) }, (_, i) =>
      recordOf(growing, start + i, aMonth),
    );
  let records = batchAt(from);
  for (let start = from; start < to; start += BATCH) {
    const posting = postUsage(db, { numberKey, companyId, at: POSTED_AT, records });
    records = batchAt(start + BATCH);
    const outcomes = await posting;
    if (outcomes.some(({ outcome }) => outcome !== 'posted')) throw new Error('a record was not posted');
  }
}

/** Leaves a database as autovacuum does when it has had time. */
export async function settle(client: pg.Client): Promise<void> {
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
}
