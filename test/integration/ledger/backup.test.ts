import { execFile, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { type Db, openDb } from '../../../src/db/index.ts';
import { createDigestSweep, type Finding, postUsage, verifyLedger } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const run = promisify(execFile);
const signer = createSecretBox('the secret key of this test');

/** PostgreSQL's client programs read no newer server than themselves: the embedded one is newer than many systems' own. */
const clientVersion = Number(/\d+/.exec(String(spawnSync('pg_dump', ['--version']).stdout))?.[0] ?? 0);

let database: TestDatabase;
let books: Books;
let serverVersion: number;
const file = path.join(tmpdir(), `refill-backup-${process.pid}.dump`);

beforeAll(async () => {
  database = await freshDatabase();
  const [row] = await database.db.$queryRaw<{ version: number }[]>`
    SELECT current_setting('server_version_num')::int / 10000 AS version`;
  serverVersion = row?.version ?? 0;
  books = await openBooks(database.db, { pooled: true });
  await books.grant('calling', '20', { until: november(5) });
  await books.grant('general', '50');
  for (const day of [2.2, 3.2, 4.2]) await books.post([books.usage({ cost: '1.5', usageAt: november(day) })]);
  const clock = new MovableClock(0, () => november(6).getTime());
  await createDigestSweep({ db: database.db, clock, signer })(new AbortController().signal);
});
afterAll(async () => {
  await rm(file, { force: true });
  await database.close();
});

async function findingsOf(db: Db): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyLedger(db, { onFinding: (finding) => found.push(finding), signer });
  return found;
}

/** Posts one record after the other until it is told to stop; answers how many. */
function keepPosting(): { stop(): Promise<number> } {
  let isStopped = false;
  const work = async (): Promise<number> => {
    let posted = 0;
    while (!isStopped) {
      await books.post([books.usage({ cost: '0.01', usageAt: november(7) })], november(8));
      posted += 1;
    }
    return posted;
  };
  const done = work();
  return {
    stop: () => {
      isStopped = true;
      return done;
    },
  };
}

describe('a backup', () => {
  it('made while usage is posted holds when it is restored elsewhere, with its signed digests, and goes on', async (context) => {
    if (clientVersion < serverVersion)
      context.skip(`pg_dump is of version ${clientVersion || 'none'}, the server of ${serverVersion}`);
    const before = await database.db.entry.count();
    const posting = keepPosting();
    await run('pg_dump', ['--format=custom', `--file=${file}`, database.url]);
    expect(await posting.stop()).toBeGreaterThan(0);
    const elsewhere = await emptyDatabase();
    try {
      await run('pg_restore', ['--no-owner', `--dbname=${elsewhere.url}`, file]);
      const db = await openDb({ url: elsewhere.url, poolSize: 2, log: createLogger('silent') });
      try {
        expect(await findingsOf(db)).toEqual([]);
        const restored = await db.entry.findMany();
        const kept = await database.db.entry.findMany();
        expect(restored.length).toBeGreaterThanOrEqual(before);
        expect(kept).toEqual(expect.arrayContaining(restored));
        expect(await db.bookDigest.findMany()).toEqual(await database.db.bookDigest.findMany());
        const again = books.usage({ cost: '1', usageAt: november(9) });
        const record = { numberKey, companyId: books.companyId, at: november(10), records: [again] };
        expect((await postUsage(db, record)).map(({ outcome }) => outcome)).toEqual(['posted']);
        expect((await postUsage(db, record)).map(({ outcome }) => outcome)).toEqual(['duplicate']);
        expect(await findingsOf(db)).toEqual([]);
      } finally {
        await db.$disconnect();
      }
    } finally {
      await elsewhere.close();
    }
  });
});
