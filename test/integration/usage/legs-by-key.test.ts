import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, inTransaction, type Tx } from '../../../src/db/index.ts';
import { type LegEvent, storeLegs } from '../../../src/usage/ingest/merge-legs.ts';
import { VENDOR_SOURCE } from '../../../src/usage/ingest/usage-sources.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const AT = new Date('2026-11-20T12:00:00Z');
const STORED = 2_000;
const BATCH = 10;

let database: TestDatabase;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  ({ companyId } = await testCompany(database.db));
});
afterAll(async () => {
  await database?.close();
});

describe('a batch of events', () => {
  it('reads the legs that it names, however many are stored and before the table has statistics', async () => {
    await store(database.db, legs(0, STORED));
    const read = await inTransaction(database.db, async (tx) => {
      const before = await rowsRead(tx);
      // Half of them are known and half are new; a plan that serves any parameters is chosen after five calls.
      for (let call = 0; call < 6; call += 1) await store(tx, legs(STORED - BATCH / 2, BATCH));
      return (await rowsRead(tx)) - before;
    });
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(6 * BATCH * 4);
  });
});

const store = (db: Db | Tx, batch: LegEvent[]) =>
  storeLegs(db, { companyId, source: VENDOR_SOURCE, legs: batch, at: AT });

async function rowsRead(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ read: number }[]>`
    SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 AS read FROM pg_stat_xact_user_tables
    WHERE relname = 'usage_leg'`;
  return row?.read ?? 0;
}

function legs(from: number, count: number): LegEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    leg: '1',
    event: {
      externalId: `call:${from + index}`,
      kind: 'call',
      direction: 'outbound',
      externalNumber: '+442079460000',
      internalNumber: null,
      party: {},
      usageAt: AT,
      answeredAt: AT,
      startedAt: AT,
      durationMs: 60_000,
      isInternal: false,
      isFailed: false,
      text: null,
      recipients: 1,
      pages: 0,
      hasResponded: false,
      version: '1',
    },
  }));
}
