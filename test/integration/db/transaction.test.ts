import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inTransaction, isUniqueViolation, openDb, readDatabaseError } from '../../../src/db/index.ts';
import { toCallerError } from '../../../src/db/read-database-error.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { logMoneyEvent } from '../../../src/money-events.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await freshDatabase();
  await test.db
    .$executeRaw`CREATE TABLE seat (id INT PRIMARY KEY, holder TEXT CONSTRAINT one_seat_each UNIQUE)`;
});
afterAll(() => test.close());

describe('a transaction', () => {
  it('keeps nothing when its work throws', async () => {
    const work = inTransaction(test.db, async (tx) => {
      await tx.$executeRaw`INSERT INTO seat VALUES (1, 'ada')`;
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await test.db.$queryRaw`SELECT * FROM seat WHERE id = 1`).toEqual([]);
  });

  it('is run again after a serialisation conflict, and gives up after three more tries', async () => {
    let tries = 0;
    const conflicted = (failures: number) =>
      inTransaction(test.db, async (tx) => {
        tries += 1;
        if (tries <= failures) await tx.$executeRaw`DO $$ BEGIN RAISE serialization_failure; END $$`;
        return 'done';
      });
    expect(await conflicted(2)).toBe('done');
    expect(tries).toBe(3);
    tries = 0;
    await expect(conflicted(99)).rejects.toSatisfy((error) => readDatabaseError(error)?.sqlState === '40001');
    expect(tries).toBe(4);
  });

  it('sends one statement at a time, also for the relations that one question reads', async () => {
    const query = pg.Client.prototype.query;
    const busy = new Set<unknown>();
    let answered = 0;
    let overlapping = 0;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: unknown, ...args: unknown[]) {
      const sent: unknown = Reflect.apply(query, this, args);
      if (!(sent instanceof Promise)) return sent;
      if (busy.has(this)) overlapping += 1;
      busy.add(this);
      return sent.finally(() => {
        answered += 1;
        busy.delete(this);
      });
    } as never);
    try {
      await testCompany(test.db);
      await inTransaction(test.db, async (tx) => {
        const include = { offices: true, cards: true, notices: true };
        await tx.company.findMany({ include });
        await Promise.all([tx.company.count(), tx.office.count()]);
      });
    } finally {
      vi.restoreAllMocks();
    }
    expect(answered).toBeGreaterThan(4);
    expect(overlapping).toBe(0);
  });

  it('cures a deadlock by running the loser again', async () => {
    await test.db.$executeRaw`INSERT INTO seat VALUES (21, 'left'), (22, 'right')`;
    let waiting = 0;
    let release = () => {};
    const bothHoldOne = new Promise<void>((resolve) => {
      release = resolve;
    });
    const lockBoth = (first: number, second: number) =>
      inTransaction(test.db, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM seat WHERE id = ${first} FOR UPDATE`;
        waiting += 1;
        if (waiting === 2) release();
        await bothHoldOne;
        await tx.$queryRaw`SELECT 1 FROM seat WHERE id = ${second} FOR UPDATE`;
        return 'locked both';
      });
    expect(await Promise.all([lockBoth(21, 22), lockBoth(22, 21)])).toEqual(['locked both', 'locked both']);
  });
});

it('a pool without a free connection is said to be busy, not that the database is away', async () => {
  const pool = new pg.Pool({ connectionString: test.url, max: 1 });
  const taken = await pool.connect();
  pool.options.connectionTimeoutMillis = 50;
  const error = await pool.connect().catch(toCallerError);
  taken.release();
  await pool.end();
  expect(error).toMatchObject({
    code: 'database-unavailable',
    message: 'All connections to the database are in use at the moment. Please try again shortly.',
  });
});

describe('a unique violation', () => {
  it('is recognised by the name of its constraint', async () => {
    await test.db.$executeRaw`INSERT INTO seat VALUES (31, 'grace')`;
    const twice = await test.db.$executeRaw`INSERT INTO seat VALUES (32, 'grace')`.catch(
      (error: unknown) => error,
    );
    expect(isUniqueViolation(twice, 'one_seat_each')).toBe(true);
    expect(isUniqueViolation(twice, 'seat_pkey')).toBe(false);
  });
});

describe('what is to come after the commit', () => {
  const said: string[] = [];
  const log = createLogger('info', { write: (line) => said.push(line) });
  const say = (client: object, amount: string): void =>
    logMoneyEvent(client, 'credits-restored', { companyId: 1n, amount: dollars(amount) });
  const amounts = (): unknown[] => said.map((line) => (JSON.parse(line) as { amount: string }).amount);

  it('comes once the transaction has committed, once however often it was tried, and never where it rolled back', async () => {
    const db = await openDb({ url: test.url, poolSize: 2, log });
    let tries = 0;
    await inTransaction(db, async (tx) => {
      tries += 1;
      say(tx, '1');
      expect(amounts()).toEqual([]);
      if (tries < 3) await tx.$executeRaw`DO $$ BEGIN RAISE serialization_failure; END $$`;
    });
    const failed = inTransaction(db, async (tx) => {
      say(tx, '2');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    const refusedAtCommit = inTransaction(db, async (tx) => {
      say(tx, '3');
      await tx.$executeRaw`CREATE CONSTRAINT TRIGGER never AFTER INSERT ON seat DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`;
      await tx.$executeRaw`INSERT INTO seat VALUES (31, 'late')`;
    });
    await expect(refusedAtCommit).rejects.toThrow();
    say(db, '4');
    await db.$disconnect();
    expect(amounts()).toEqual(['1', '4']);
  });
});
