import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addBundle,
  addRecurring,
  advanceOrder,
  type BillingDeps,
  cancelSubscription,
  createStripeGateway,
  readSubscriptions,
  resumeSubscription,
  sweepBundleUse,
  sweepInvoices,
  sweepSubscriptions,
  switchBundle,
} from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { DAY_MS, HOUR_MS } from '../../../src/durations.ts';
import { readBalance, sweepLedger } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { type CardProcessor, startCardProcessor } from '../../../src/stand-ins/local-processor/index.ts';
import { buyReviewed, PATIENCE_MS, SILENCE_MS } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { testSecrets } from '../../support/secrets.ts';

const SECRET_KEY = 'sk_test_bundles';
const log = createLogger('silent');
const POOL = { kind: 'company' } as const;

let database: TestDatabase;
let books: Awaited<ReturnType<typeof emptyDatabase>>;
let processor: CardProcessor;
let deps: BillingDeps;
let clock: MovableClock;
let monthly: bigint;

beforeAll(async () => {
  [database, books] = await Promise.all([freshDatabase(), emptyDatabase()]);
  const base = Date.parse('2027-11-20T18:00:00Z');
  clock = new MovableClock(0, () => base);
  processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: SECRET_KEY,
    clock,
    log,
    silenceMs: SILENCE_MS,
  });
  const gateway = createStripeGateway({
    secretKey: SECRET_KEY,
    webhookSecret: undefined,
    apiUrl: processor.url,
    timeoutMs: PATIENCE_MS,
  });
  deps = { db: database.db, clock, log, gateway, secrets: testSecrets, publicUrl: 'http://127.0.0.1:1' };
  ({ id: monthly } = await addBundle(database.db, {
    name: 'Calling 150',
    kind: 'calling',
    period: 'monthly',
    credit: dollars('150'),
    price: dollars('120'),
    at: clock.now(),
  }));
});

afterAll(async () => {
  await processor?.close();
  await Promise.all([database?.close(), books?.close()]);
});

beforeEach(() => processor.controls.setBehaviour('approve'));

/** What the sweeper and the queue do: everything that is due, and every order that waits. */
async function work(): Promise<void> {
  await sweepSubscriptions(deps);
  const open = await database.db.purchaseOrder.findMany({
    where: { state: { in: ['confirmed', 'charging', 'unknown'] } },
  });
  for (const { companyId, id } of open) await advanceOrder(deps, { companyId, orderId: id });
  await sweepLedger(deps);
  await sweepInvoices(deps);
}

async function carded(overrides: Parameters<typeof testCompany>[1] = {}): Promise<TestCompany> {
  const company = await testCompany(database.db, overrides);
  await putCardOnFile(deps, company.companyId);
  return company;
}

const buy = (company: TestCompany, token = randomUUID()) =>
  buyReviewed(deps, company.ana, { bundleId: monthly, scope: POOL, token });

const periodsOf = ({ companyId }: TestCompany) =>
  database.db.subscriptionPeriod.findMany({ where: { companyId }, orderBy: { number: 'asc' } });

const bundlesOf = async ({ companyId }: TestCompany) =>
  (await readBalance(database.db, companyId, clock.now())).wallets.flatMap(({ bundles }) => bundles);

/** What the list of bundles shows, and its button to start again carries. */
async function shownToRestart(company: TestCompany): Promise<{ token: string; mark: string }> {
  const [bundle] = await readSubscriptions(database.db, company.ana);
  return { token: bundle?.token ?? '', mark: bundle?.restartMark ?? '' };
}

describe('a bundle', () => {
  it('is credited once it is paid, however often its purchase is confirmed', async () => {
    const acme = await carded();
    const token = randomUUID();
    const outcomes = await Promise.all([buy(acme, token), buy(acme, token)]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['already', 'bought']);
    expect(await bundlesOf(acme)).toEqual([]);
    await work();
    await work();
    // Bought in the second half of a period, so it runs through the next one as well.
    expect(await bundlesOf(acme)).toMatchObject([
      { amount: dollars('150'), expiresAt: new Date('2028-01-01T08:00:00Z') },
    ]);
    const line = await database.db.orderLine.findFirstOrThrow({ where: { companyId: acme.companyId } });
    const grant = await database.db.creditGrant.findFirstOrThrow({ where: { companyId: acme.companyId } });
    expect(line.grantId).toBe(grant.id);
    const notices = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
    expect(notices.map(({ facts }) => facts)).toMatchObject([
      { kind: 'bundle', event: 'credited', credit: '150.00', isFirst: true, receipt: 'R-000001' },
    ]);
  });

  it('over 14 months is credited in each period once, with downtime, doubled sweeps and a changed calendar', async () => {
    const acme = await carded({ billingDay: 31 });
    await buy(acme);
    await work();
    const sweepTwice = async (): Promise<void> => {
      await Promise.all([sweepSubscriptions(deps), sweepSubscriptions(deps)]);
      await work();
    };
    for (let month = 0; month < 14; month += 1) {
      // Days of downtime, more each month; both sweeps of two workers find the same work.
      clock.advance(28 * DAY_MS + (month % 4) * DAY_MS);
      if (month === 5)
        await database.db.company.update({
          where: { id: acme.companyId },
          data: { timeZone: 'Asia/Tokyo' },
        });
      if (month === 9)
        await database.db.company.update({ where: { id: acme.companyId }, data: { billingDay: 15 } });
      await sweepTwice();
    }
    const periods = await periodsOf(acme);
    expect(periods.length).toBeGreaterThanOrEqual(13);
    for (const [index, period] of periods.entries()) {
      expect(period).toMatchObject({ number: index, state: 'credited' });
      if (index > 0) expect(period.startsAt).toEqual(periods[index - 1]?.endsAt);
    }
    const leapDay = periods.map(({ startsAt }) => startsAt.toISOString().slice(0, 10));
    expect(leapDay).toContain('2028-02-29');
    const grants = await database.db.creditGrant.findMany({ where: { companyId: acme.companyId } });
    expect(grants).toHaveLength(periods.length);
    const paid = await database.db.purchaseOrder.count({
      where: { companyId: acme.companyId, state: 'settled' },
    });
    expect(paid).toBe(periods.length);
    expect((await bundlesOf(acme)).length).toBe(1);
  });

  it('that cannot be renewed is told, tried again three times, paused, and starts again when asked', async () => {
    const acme = await carded();
    await buy(acme);
    await work();
    await putCardOnFile(deps, acme.companyId, 'pm_card_chargeCustomerFail');
    const [first] = await periodsOf(acme);
    clock.advance((first?.endsAt.getTime() ?? 0) - clock.now().getTime() + 1);
    await work();
    const failures: number[] = [];
    for (const hours of [1, 6, 24, 48, 48]) {
      failures.push((await periodsOf(acme))[1]?.failures ?? 0);
      clock.advance(hours * HOUR_MS);
      await work();
    }
    expect(failures).toEqual([1, 2, 3, 4, 4]);
    expect(await readSubscriptions(database.db, acme.ana)).toMatchObject([{ state: 'paused' }]);
    const notice = await database.db.notice.findFirstOrThrow({
      where: { companyId: acme.companyId, dedupeKey: { endsWith: ':1:paid' } },
    });
    expect(notice.facts).toMatchObject({ event: 'paused' });
    await putCardOnFile(deps, acme.companyId);
    await resumeSubscription(deps, acme.ana, await shownToRestart(acme));
    await work();
    expect((await periodsOf(acme)).map(({ state }) => state)).toEqual(['credited', 'unpaid', 'credited']);
  });

  it('that is paused starts again by a click on what is so now alone: not twice, not when paused anew, not at another price', async () => {
    const acme = await carded();
    await buy(acme);
    await work();
    const { db } = database;
    const pause = () =>
      db.subscription.updateMany({ where: { companyId: acme.companyId }, data: { state: 'paused' } });
    await pause();
    const before = await shownToRestart(acme);
    await resumeSubscription(deps, acme.ana, before);
    await work();
    const stale = { code: 'changed-meanwhile' };
    await expect(resumeSubscription(deps, acme.ana, before)).rejects.toMatchObject(stale);
    await pause();
    await expect(resumeSubscription(deps, acme.ana, before)).rejects.toMatchObject(stale);
    const dearer = await addBundle(db, {
      name: 'Calling 100',
      kind: 'calling',
      period: 'monthly',
      credit: dollars('110'),
      price: dollars('99'),
      at: clock.now(),
    });
    const shown = await shownToRestart(acme);
    await switchBundle(deps, acme.ana, shown.token, dearer.id);
    await expect(resumeSubscription(deps, acme.ana, shown)).rejects.toMatchObject(stale);
    expect(await periodsOf(acme)).toHaveLength(2);
    expect(await db.audit.count({ where: { companyId: acme.companyId, action: 'bundle-resumed' } })).toBe(1);
    // What is charged then is what is shown: the price of the bundle that it changes to.
    const [bundle] = await readSubscriptions(db, acme.ana);
    expect(bundle?.nextPrice.toFixed(2)).toBe('99.00');
    await resumeSubscription(deps, acme.ana, await shownToRestart(acme));
    expect((await periodsOf(acme)).at(-1)?.priceMicros).toBe(99_000_000n);
  });

  it('whose bank wants its holder asks people to verify the payment, and is paused when nobody does in a day', async () => {
    const acme = await carded();
    await buy(acme);
    await work();
    const [first] = await periodsOf(acme);
    processor.controls.setBehaviour('needs-action');
    clock.advance((first?.endsAt.getTime() ?? 0) - clock.now().getTime() + HOUR_MS);
    await work();
    const told = async () =>
      (
        await database.db.notice.findMany({ where: { companyId: acme.companyId }, orderBy: { id: 'asc' } })
      ).at(-1)?.facts;
    const waiting = await database.db.purchaseOrder.findFirstOrThrow({
      where: { companyId: acme.companyId, state: 'needs_action' },
    });
    expect(await told()).toMatchObject({ event: 'to_verify', token: waiting.token, card: { last4: '4242' } });
    clock.advance(25 * HOUR_MS);
    await advanceOrder(deps, { companyId: acme.companyId, orderId: waiting.id });
    expect(await told()).toMatchObject({ event: 'paused', failure: 'not_verified' });
    processor.controls.setBehaviour('approve');
    await resumeSubscription(deps, acme.ana, await shownToRestart(acme));
    await work();
    expect((await periodsOf(acme)).map(({ state }) => state)).toEqual(['credited', 'unpaid', 'credited']);
  });

  it('that was cancelled stays until its period ends and is not charged again', async () => {
    const acme = await carded();
    await buy(acme);
    await work();
    const [{ token } = { token: '' }] = await readSubscriptions(database.db, acme.ana);
    await cancelSubscription(deps, acme.ana, token);
    expect(await bundlesOf(acme)).toHaveLength(1);
    clock.advance(60 * DAY_MS);
    await work();
    expect(await readSubscriptions(database.db, acme.ana)).toEqual([]);
    expect(await periodsOf(acme)).toHaveLength(1);
  });

  it('is the company admins’', async () => {
    const acme = await carded();
    const member = {
      ...acme.ana,
      roles: [{ role: 'office_admin', officeId: acme.officeIds[0], departmentId: null }],
    } as const;
    await expect(
      buyReviewed(deps, member, { bundleId: monthly, scope: POOL, token: randomUUID() }),
    ).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('whose rest is about to lapse is told once', async () => {
    const acme = await carded();
    await buy(acme);
    await work();
    const [period] = await periodsOf(acme);
    clock.advance((period?.endsAt.getTime() ?? 0) - clock.now().getTime() - 2 * DAY_MS);
    await sweepBundleUse(deps);
    await sweepBundleUse(deps);
    const told = await database.db.notice.findMany({
      where: { companyId: acme.companyId, dedupeKey: { endsWith: ':lapsing' } },
    });
    expect(told).toMatchObject([{ revision: 1, facts: { rest: '150' } }]);
  });
});

describe('recurring funds', () => {
  it('come every period, the free ones without a charge, and never expire', async () => {
    const acme = await carded();
    await addRecurring(deps, { companyId: acme.companyId, amount: dollars('10'), isCharged: false });
    clock.advance(100 * DAY_MS);
    await work();
    const periods = await periodsOf(acme);
    const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
    expect(wallets[0]?.general.toFixed(2)).toBe(dollars('10').times(periods.length).toFixed(2));
    expect(periods.length).toBeGreaterThanOrEqual(3);
    expect(await database.db.purchaseOrder.count({ where: { companyId: acme.companyId } })).toBe(0);
  });
});

describe('invoices', () => {
  it('are numbered without a gap when two workers close those of many companies at once', async () => {
    const companies = await Promise.all(
      [1, 2, 3, 4].map(() => testCompany(database.db, { billingMethod: 'invoice' })),
    );
    for (const company of companies) await buy(company);
    await work();
    clock.advance(45 * DAY_MS);
    await Promise.all([sweepInvoices(deps), sweepInvoices(deps), sweepInvoices(deps)]);
    const ids = companies.map(({ companyId }) => companyId);
    const invoices = await database.db.invoice.findMany({ orderBy: { id: 'asc' } });
    expect(invoices.filter(({ companyId }) => ids.includes(companyId))).toHaveLength(4);
    for (const year of new Set(invoices.map(({ year: of }) => of))) {
      const numbers = invoices.filter((invoice) => invoice.year === year).map(({ number }) => number);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
    }
    expect(await database.db.invoiceItem.count({ where: { companyId: { in: ids }, invoiceId: null } })).toBe(
      0,
    );
  });

  it('bound what is owed: bundles bought at once cannot pass the limit together', async () => {
    const acme = await testCompany(database.db, { billingMethod: 'invoice' });
    const tries = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => buy(acme)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['exposure-limit', 'exposure-limit']);
  });
});

describe('a company that a sweep fails for', () => {
  it('is named, and keeps no other from its renewal or its invoice', async () => {
    const broken = await carded();
    const sound = await carded({ billingMethod: 'invoice' });
    for (const company of [broken, sound]) await buy(company);
    await work();
    const before = (await periodsOf(sound)).length;
    clock.advance(80 * DAY_MS);
    const where = { id: broken.companyId };
    await database.db.company.update({ where, data: { timeZone: 'Nowhere/At_All' } });
    const failed = await sweepSubscriptions(deps).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AggregateError);
    expect(String(failed)).toMatch(`it failed for company ${broken.companyId}; the others are done`);
    expect((await periodsOf(sound)).length).toBeGreaterThan(before);
    await database.db.company.update({ where, data: { timeZone: 'America/Los_Angeles' } });
    await work();
    expect(await database.db.invoice.count({ where: { companyId: sound.companyId } })).toBeGreaterThan(0);
  });
});
