import { hostname } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { grantCredits, postUsage } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { recordEvent } from '../../../src/notices/events/record-event.ts';
import { sendEvent } from '../../../src/notices/events/send-event.ts';
import {
  addEndpoint,
  listEndpoints,
  removeEndpoint,
  sendEvents,
  sweepEndpoints,
  sweepSentEvents,
  testEndpoint,
  watchBalance,
} from '../../../src/notices/index.ts';
import { listOperatorNotices, stampInstance } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { startEventReceiver } from '../../support/event-receiver.ts';
import { numberKey } from '../../support/number-key.ts';
import { testSecrets } from '../../support/secrets.ts';

const log = createLogger('silent');
let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;
let phones: Awaited<ReturnType<typeof startEventReceiver>>;
let endpointId: string;

const deps = () => ({ db: database.db, clock, log, secrets: testSecrets });
const place = () => ({ companyId: acme.companyId, endpointId });

beforeAll(async () => {
  database = await freshDatabase();
  await stampInstance(database.db, 'sandbox', new Date());
});
afterAll(() => database?.close());
beforeEach(async () => {
  const startedAt = Date.now();
  clock = new MovableClock(0, () => startedAt);
  acme = await testCompany(database.db, { pooled: false });
  phones = await startEventReceiver();
  const { id, secret } = await addEndpoint(deps(), { companyId: acme.companyId, url: phones.url });
  endpointId = id;
  phones.trust(secret);
});
afterEach(async () => {
  await removeEndpoint(deps(), { companyId: acme.companyId, id: endpointId }).catch(() => undefined);
  await phones.close();
});

/** Runs the sweep and the job it wakes, as the app does. */
async function run(): Promise<void> {
  await sweepEndpoints(deps());
  await sendEvents(deps(), place());
}
const types = () => phones.received.map(({ type }) => type);
const reached = (percent: number) =>
  recordEvent(database.db, {
    companyId: acme.companyId,
    at: clock.now(),
    event: {
      type: 'limit.reached',
      data: {
        ...{ office: null, office_name: 'New York', is_shared: false, scope: 'office', id: null },
        ...{ percent, spent: '80', limit: '100' },
      },
    },
  });

describe('an endpoint', () => {
  it('is pinged at once and every hour, signed', async () => {
    await run();
    await run();
    expect(types()).toEqual(['ping']);
    clock.advance(HOUR_MS - MINUTE_MS);
    await run();
    expect(types()).toEqual(['ping']);
    clock.advance(MINUTE_MS);
    await run();
    expect(types()).toEqual(['ping', 'ping']);
    const [endpoint] = await listEndpoints(database.db, acme.companyId);
    expect(endpoint?.pingAcceptedAt).toEqual(clock.now());
  });

  it('gets nothing that it cannot verify: another secret is refused, and sent again', async () => {
    phones.trust('whsec_another');
    await run();
    expect([phones.received, phones.tried.length]).toEqual([[], 1]);
    expect((await listEndpoints(database.db, acme.companyId))[0]?.failingSince).toEqual(clock.now());
  });

  it.each([500, 404, 302])(
    'is sent what it answered with %s again, in order, under the same id',
    async (status) => {
      await run();
      phones.answerWith(status);
      await reached(80);
      await reached(100);
      await run();
      await run();
      expect(phones.tried.length).toBe(2);
      for (let tries = 0; tries < 3; tries += 1) {
        clock.advance(MINUTE_MS);
        await run();
      }
      expect(new Set(phones.tried.slice(1)).size).toBe(1);
      phones.answerWith(200);
      clock.advance(HOUR_MS / 2);
      await run();
      const { received } = phones;
      expect(received.map(({ data }) => data.percent)).toEqual([undefined, 80, 100]);
      expect(received[1]?.id).toBe(phones.tried[1]);
      expect((await listEndpoints(database.db, acme.companyId))[0]?.failingSince).toBeNull();
    },
  );

  it('does not pile pings up while it is away', async () => {
    phones.answerWith(503);
    for (let hours = 0; hours < 10; hours += 1) {
      await run();
      clock.advance(HOUR_MS);
    }
    phones.answerWith(200);
    await run();
    expect(types()).toEqual(['ping']);
  });

  it('is switched off after three days, told to operator and admins, and on again by a test', async () => {
    phones.answerWith(500);
    for (let hours = 0; hours <= 80; hours += 1) {
      await run();
      clock.advance(HOUR_MS);
    }
    const { db } = database;
    const tried = phones.tried.length;
    await run();
    expect(phones.tried.length).toBe(tried);
    const notices = await db.notice.findMany({ where: { companyId: acme.companyId, kind: 'phone_system' } });
    expect(notices.map(({ channelId }) => channelId).sort()).toEqual(['UANA', 'ULI']);
    const open = async () =>
      (await listOperatorNotices(db, {})).filter(({ kind }) => kind === 'endpoint-off');
    expect(await open()).toHaveLength(1);
    await reached(80);
    expect(await testEndpoint(deps(), { ...acme, id: endpointId })).toEqual({
      isAccepted: false,
      error: 'answered 500',
    });
    phones.answerWith(200);
    expect(await testEndpoint(deps(), { ...acme, id: endpointId })).toEqual({ isAccepted: true });
    expect(await open()).toEqual([]);
    phones.received.length = 0;
    await run();
    expect(types()).toEqual(['ping']);
  });

  it('gets nothing any more once it is removed, and is no other company’s to remove', async () => {
    const other = await testCompany(database.db);
    const remove = (companyId: bigint) => removeEndpoint(deps(), { companyId, id: endpointId });
    await expect(remove(other.companyId)).rejects.toMatchObject({ code: 'endpoint-unknown' });
    await remove(acme.companyId);
    await run();
    expect(phones.tried).toEqual([]);
    await expect(remove(acme.companyId)).rejects.toMatchObject({ code: 'endpoint-unknown' });
    expect(await listEndpoints(database.db, acme.companyId)).toEqual([]);
  });

  it('is deleted from what is remembered after 35 days, sent events alone', async () => {
    await run();
    await reached(80);
    clock.advance(36 * DAY_MS);
    await sweepSentEvents(deps());
    const left = await database.db.outgoingEvent.findMany({ where: { endpointId } });
    expect(left.map(({ type, state }) => [type, state])).toEqual([['limit.reached', 'pending']]);
  });
});

describe('what happens to credits', () => {
  const watch = (walletId: bigint) =>
    watchBalance({ db: database.db, clock }, { companyId: acme.companyId, walletId, class: 'calls' });
  const change = async (amount: string) => {
    const [officeId] = acme.officeIds;
    const { db } = database;
    const key = `change-${clock.now().getTime()}`;
    const common = { companyId: acme.companyId, at: clock.now() };
    if (amount.startsWith('-'))
      await postUsage(db, {
        ...common,
        numberKey,
        records: [
          {
            ...{
              source: 'api',
              externalId: key,
              officeId,
              departmentId: null,
              memberId: null,
              class: 'calls',
            },
            ...{ category: 'international', direction: 'outbound', externalNumber: '+442071838750' },
            ...{ internalNumber: null, usageAt: clock.now(), durationMs: 60_000, billedSeconds: 60 },
            ...{ quantity: 1, cost: dollars(amount.slice(1)), price: null },
          },
        ],
      });
    else
      await grantCredits(db, {
        ...{ ...common, officeId, kind: 'general', amount: dollars(amount), key, source: 'purchase' },
        ...{ reference: '1', actor: 'test', reason: 'test' },
      });
    const wallet = await db.wallet.findFirstOrThrow({ where: { companyId: acme.companyId, officeId } });
    await watch(wallet.id);
    clock.advance(MINUTE_MS);
  };

  it('is an event at each crossing, also within the notices’ cooldown', async () => {
    await run();
    await change('10');
    for (let rounds = 0; rounds < 2; rounds += 1) {
      await change('-10');
      await change('10');
    }
    await run();
    const crossings = phones.received.filter(({ type }) => type !== 'ping');
    expect(crossings.map(({ type, data }) => [type, data.level, data.available])).toEqual([
      ['balance.exhausted', 'out', '0'],
      ['balance.restored', 'ok', '10'],
      ['balance.exhausted', 'out', '0'],
      ['balance.restored', 'ok', '10'],
    ]);
    expect(crossings[0]?.data).toMatchObject({
      office_name: 'San Francisco',
      class: 'calls',
      is_shared: false,
    });
  });

  it('is an event exactly when the transaction that it is part of commits', async () => {
    await run();
    const failed = inTransaction(database.db, async (tx) => {
      await recordEvent(tx, {
        companyId: acme.companyId,
        at: clock.now(),
        event: { type: 'ping', data: {} },
      });
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await run();
    expect(types()).toEqual(['ping']);
  });
});

describe('an address that must not be sent to', () => {
  it('is refused when it is added, and when the installation is live also where it was added before', async () => {
    const { db } = database;
    const add = (url: string) => addEndpoint(deps(), { companyId: acme.companyId, url });
    for (const url of [
      'http://phones.example.com',
      'https://10.1.2.3',
      'https://[fd00::1]',
      'ftp://127.0.0.1',
    ])
      await expect(add(url), url).rejects.toMatchObject({ code: 'bad-argument' });
    await db.instance.update({ where: { id: 1 }, data: { mode: 'live' } });
    try {
      await expect(add(phones.url)).rejects.toThrow(/must begin with https/);
      await expect(add('https://127.0.0.1/x')).rejects.toThrow(/this machine/);
      await run();
      expect(phones.tried).toEqual([]);
    } finally {
      await db.instance.update({ where: { id: 1 }, data: { mode: 'sandbox' } });
    }
  });

  it('is refused where its name leads into a private network', async () => {
    // This machine's own name leads to an address of its own network, or nowhere.
    const sent = await sendEvent({ url: `https://${hostname()}/`, secret: 'x' }, '{}');
    expect(sent).toMatchObject({
      isAccepted: false,
      error: expect.stringMatching(/private network|ENOTFOUND/),
    });
  });
});
