import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import {
  createNightlyVerify,
  grantCredits,
  placeHold,
  readBalance,
  sweepLedger,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings, openBooks } from '../../support/ledger.ts';

const HOUR_MS = 3_600_000;
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

describe('the nightly verification', () => {
  it('runs once a night and alarms about what does not agree', async () => {
    const acme = await testCompany(database.db, { pooled: false });
    const start = Date.parse('2026-11-20T02:00:00Z');
    const clock = new MovableClock(0, () => start);
    const alarms: string[] = [];
    const log = createLogger('silent');
    log.error = ((_: unknown, message: string) => void alarms.push(message)) as typeof log.error;
    const verify = createNightlyVerify({ url: database.url, clock, log });
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
  });
});
