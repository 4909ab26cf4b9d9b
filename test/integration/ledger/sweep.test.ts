import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction, openDb, type Queryable } from '../../../src/db/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import {
  createNightlyVerify,
  grantCredits,
  listDueLapses,
  placeHold,
  readBalance,
  setWatch,
  sweepLedger,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { startSweeper } from '../../../src/queue/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';

const signer = createSecretBox('the secret key of this test');

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

describe('the ledger’s sweep', () => {
  it('takes the rest of a bundle six hours after its end, not before, and frees holds whose time is over', async () => {
    const clock = new MovableClock();
    const acme = await testCompany(database.db, { pooled: false });
    const at = clock.now();
    const officeId = acme.officeIds[0];
    const credit = {
      companyId: acme.companyId,
      officeId,
      amount: dollars('10'),
      source: 'bundle',
      reference: '1',
      actor: 't',
      reason: 't',
      at,
    };
    await grantCredits(database.db, {
      ...credit,
      kind: 'calling',
      key: 'b',
      expiresAt: new Date(at.getTime() + HOUR_MS),
    });
    await grantCredits(database.db, { ...credit, kind: 'general', key: 'g' });
    await placeHold(database.db, {
      companyId: acme.companyId,
      officeId,
      class: 'calls',
      amount: dollars('3'),
      key: 'call',
      expiresAt: new Date(at.getTime() + HOUR_MS),
      at,
    });
    const wallet = async () => {
      const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
      const own = wallets.find((candidate) => candidate.officeId === officeId);
      return [own?.calling.toFixed(2), own?.held.calls.toFixed(2)];
    };
    clock.advance(6.5 * HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    expect(await wallet()).toEqual(['10.00', '0.00']);
    clock.advance(HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    await sweepLedger({ db: database.db, clock });
    expect(await wallet()).toEqual(['0.00', '0.00']);
  });

  it('sums usage up when its quarter-hour, and by person its quarter of a day, has been over for an hour, and takes in what comes later', async () => {
    const clock = new MovableClock(0, () => Date.parse('2026-11-20T06:30:00Z'));
    const books = await openBooks(database.db);
    const call = (usageAt: string) => books.usage({ cost: '0.25', usageAt: new Date(usageAt) });
    const sums = async () => {
      const rows = await database.db.usageKindRollup.findMany({
        where: { companyId: books.companyId },
        orderBy: { bucketAt: 'asc' },
      });
      return rows.map(({ bucketAt, records }) => `${bucketAt.toISOString().slice(11, 16)} ${records}`);
    };
    const sumsByPerson = async () => {
      const rows = await database.db.usageMemberRollup.findMany({
        where: { companyId: books.companyId },
        orderBy: { bucketAt: 'asc' },
      });
      return rows.map(({ bucketAt, records }) => `${bucketAt.toISOString().slice(11, 16)} ${records}`);
    };
    const totalRecords = async () => {
      const from = new Date('2026-11-20T00:00:00Z');
      const to = new Date('2026-11-21T00:00:00Z');
      const [all] = await usageTotals(database.db, { companyId: books.companyId, from, to, by: ['member'] });
      return all?.records;
    };
    const records = [
      call('2026-11-20T05:50:00Z'),
      call('2026-11-20T05:52:00Z'),
      call('2026-11-20T06:10:00Z'),
    ];
    await books.post(records, clock.now());
    await sweepLedger({ db: database.db, clock });
    expect(await sums()).toEqual([]);
    clock.advance(0.5 * HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    await sweepLedger({ db: database.db, clock });
    expect(await sums()).toEqual(['05:45 2']);
    expect(await sumsByPerson()).toEqual(['00:00 2']);
    await books.post([call('2026-11-20T05:59:00Z')], clock.now());
    await books.post([call('2026-11-20T04:00:00Z'), call('2026-11-20T06:20:00Z')], clock.now());
    expect(await sums()).toEqual(['04:00 1', '05:45 3']);
    clock.advance(0.5 * HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    await books.post([call('2026-11-20T06:05:00Z')], clock.now());
    expect(await sums()).toEqual(['04:00 1', '05:45 3', '06:00 2', '06:15 1']);
    expect(await sumsByPerson()).toEqual(['00:00 4']);
    expect(await totalRecords()).toBe(7);
    clock.advance(4.5 * HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    expect(await sumsByPerson()).toEqual(['00:00 4']);
    clock.advance(HOUR_MS);
    await sweepLedger({ db: database.db, clock });
    expect(await sumsByPerson()).toEqual(['00:00 4', '06:00 3']);
    expect(await totalRecords()).toBe(7);
    expect(await findings(database.db)).toEqual([]);
  });
});

/** A company with a bundle that is to lapse, a hold that is over, and usage to be summed up. */
async function dueBooks(): Promise<Books> {
  const books = await openBooks(database.db);
  await books.grant('calling', '3', { until: november(4) });
  await placeHold(database.db, {
    companyId: books.companyId,
    officeId: MAIN,
    class: 'calls',
    amount: dollars('1'),
    key: 'call',
    expiresAt: november(4),
    at: november(3),
  });
  await books.post([books.usage({ cost: '0' }), books.usage({ cost: '1', officeId: BRANCH })]);
  return books;
}

async function untouched({ companyId }: Books) {
  const [lapses, holds] = await Promise.all([
    listDueLapses(database.db, november(5)),
    database.db.hold.count({ where: { companyId, state: 'open' } }),
  ]);
  const sums = await database.db.usageKindRollup.count({ where: { companyId } });
  return { lapses: lapses.includes(companyId), holds: holds > 0, sums: sums === 0 };
}

const byId = (a: Books, b: Books): number => Number(a.companyId - b.companyId);

/** Waits until so many connections to this database wait for a lock. */
async function untilWaiting(connections: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const [row] = await database.db.$queryRaw<{ count: bigint }[]>`
          SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return Number(row?.count);
      },
      { timeout: 5_000 },
    )
    .toBe(connections);
}

describe('companies in the ledger’s sweep', () => {
  const clock = new MovableClock(0, () => november(5).getTime());

  it('a company whose book is broken keeps no other from its lapses, holds and sums, and the sweep tells of it', async () => {
    const [broken, sound] = [await dueBooks(), await dueBooks()].sort(byId) as [Books, Books];
    const figure = (micros: number) =>
      database.db
        .$executeRaw`UPDATE wallet SET calling_micros = ${micros} WHERE company_id = ${broken.companyId} AND office_id = ${MAIN}`;
    await figure(0);
    await expect(sweepLedger({ db: database.db, clock })).rejects.toThrow(
      `it failed for company ${broken.companyId}`,
    );
    expect(await untouched(sound)).toEqual({ lapses: false, holds: false, sums: false });
    expect(await untouched(broken)).toEqual({ lapses: true, holds: false, sums: false });
    await figure(3_000_000);
    await sweepLedger({ db: database.db, clock });
    expect(await untouched(broken)).toEqual({ lapses: false, holds: false, sums: false });
  });

  it('a company that is locked keeps no other from its lapses, holds and sums, and has its own the next time', async () => {
    const [locked, free] = [await dueBooks(), await dueBooks()].sort(byId) as [Books, Books];
    const db = await openDb({
      url: database.url,
      poolSize: 1,
      log: createLogger('silent'),
      statementTimeoutMs: 200,
    });
    await inTransaction(database.db, async (tx) => {
      await tx.$executeRaw`SELECT ledger_lock_book(${locked.companyId})`;
      await expect(sweepLedger({ db, clock })).rejects.toThrow(`it failed for company ${locked.companyId}`);
      expect(await untouched(free)).toEqual({ lapses: false, holds: false, sums: false });
    });
    await sweepLedger({ db, clock });
    expect(await untouched(locked)).toEqual({ lapses: false, holds: false, sums: false });
    await db.$disconnect();
  });

  /** A company with wallets that the sweep wakes for. */
  async function wokenBooks() {
    const books = await openBooks(database.db);
    for (const office of [MAIN, BRANCH]) await books.grant('calling', '6', { office, until: november(4.9) });
    const { wallets } = await readBalance(database.db, books.companyId, november(5));
    const walletIds = wallets.flatMap(({ officeId, walletId }) => (officeId === null ? [] : [walletId]));
    const watch = (tx: Queryable, walletId: bigint | undefined) =>
      setWatch(tx, { companyId: books.companyId, walletId: walletId ?? 0n, calls: dollars('99') });
    return { ...books, watch, wallets: walletIds };
  }

  const forgetJobs = () =>
    database.db
      .$executeRaw`SELECT graphile_worker.remove_job(key) FROM graphile_worker.jobs WHERE key IS NOT NULL`;

  it('two companies never wait for each other, whatever a transaction of one has woken', async () => {
    const pair = [await wokenBooks(), await wokenBooks()] as const;
    for (const [open, other] of [pair, pair.toReversed()] as const) {
      if (open === undefined || other === undefined) continue;
      await forgetJobs();
      const { sweep, crossing, outcome } = await inTransaction(database.db, async (tx) => {
        await tx.$executeRaw`SELECT ledger_wake_watch(b.company_id, ${open.wallets[1]}, 'calls') FROM ledger_lock_book(${open.companyId}) AS b`;
        const sweep = sweepLedger({ db: database.db, clock });
        await untilWaiting(1);
        const usage = [MAIN, BRANCH].map((officeId) => other.usage({ cost: '4', officeId }));
        const crossing = other.post(usage, november(5)).then(() => 'posted');
        const late = new Promise((resolve) => setTimeout(resolve, 15_000, 'waits for the sweep'));
        return { sweep, crossing, outcome: await Promise.race([crossing, late]) };
      });
      await Promise.all([sweep, crossing]);
      expect(outcome).toBe('posted');
    }
  });

  it('a transaction that wakes two wallets in whatever order is no deadlock with the sweep', async () => {
    const books = await wokenBooks();
    for (const order of [books.wallets.toSorted(), books.wallets.toSorted().toReversed()]) {
      const work = async (tx: Queryable) => {
        await books.watch(tx, order[0]);
        const sweep = sweepLedger({ db: database.db, clock }).then(
          () => 'swept',
          () => 'failed',
        );
        await untilWaiting(1);
        for (const walletId of order.slice(1)) await books.watch(tx, walletId);
        return { sweep };
      };
      const { sweep } = await inTransaction(database.db, work, { retries: 0 });
      expect(await sweep).toBe('swept');
      for (const walletId of books.wallets)
        await setWatch(database.db, { companyId: books.companyId, walletId, calls: dollars('0') });
      await forgetJobs();
    }
  });
});

describe('the nightly verification', () => {
  it('runs once a night and alarms about what does not agree', async () => {
    const acme = await testCompany(database.db, { pooled: false });
    const start = Date.parse('2026-11-20T02:00:00Z');
    const clock = new MovableClock(0, () => start);
    const alarms: string[] = [];
    const log = createLogger('silent');
    log.error = ((_: unknown, message: string) => void alarms.push(message)) as typeof log.error;
    const nightly = createNightlyVerify({ url: database.url, clock, log, signer });
    const verify = () => nightly(new AbortController().signal);
    await database.db
      .$executeRaw`UPDATE wallet SET general_micros = 1 WHERE company_id = ${acme.companyId} AND office_id IS NULL`;
    await verify();
    expect(alarms).toEqual([]);
    clock.advance(HOUR_MS);
    await verify();
    const once = alarms.length;
    expect(alarms[0]).toMatch(/the books do not agree/);
    await verify();
    expect(alarms).toHaveLength(once);
    await database.db
      .$executeRaw`UPDATE wallet SET general_micros = 0 WHERE company_id = ${acme.companyId} AND office_id IS NULL`;
  });

  it('is made up for when the database was away, also after its hour, and once', async () => {
    const start = Date.parse('2026-11-20T03:00:00Z');
    const clock = new MovableClock(0, () => start);
    let verified = 0;
    const log = createLogger('silent');
    log.info = (() => {
      verified += 1;
    }) as typeof log.info;
    const deps = { url: database.url.replace(/\/[^/]*$/, '/nowhere'), clock, log, signer };
    const nightly = createNightlyVerify(deps);
    const verify = () => nightly(new AbortController().signal);
    await expect(verify()).rejects.toThrow();
    clock.advance(HOUR_MS);
    deps.url = database.url;
    await verify();
    await verify();
    expect(verified).toBe(1);
  });

  it('is given up when the app stops, whatever it waits for', async () => {
    const clock = new MovableClock(0, () => Date.parse('2026-11-20T03:00:00Z'));
    const log = createLogger('silent');
    await inTransaction(database.db, async (tx) => {
      await tx.$executeRaw`LOCK TABLE usage_member_rollup IN ACCESS EXCLUSIVE MODE`;
      const sweeper = startSweeper(
        { verification: createNightlyVerify({ url: database.url, clock, log, signer }) },
        log,
      );
      await untilWaiting(1);
      await sweeper.stop();
    });
  });
});
