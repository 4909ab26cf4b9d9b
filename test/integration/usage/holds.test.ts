import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { suspendCompany } from '../../../src/billing/index.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import { expireHolds } from '../../../src/ledger/index.ts';
import { importDirectory, setEnforcement } from '../../../src/org/index.ts';
import { createApiKey, listInbox, revokeApiKey } from '../../../src/usage/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { startHoldApi } from '../../support/hold-api.ts';

let database: TestDatabase;
let api: Awaited<ReturnType<typeof startHoldApi>>;
let company: Awaited<ReturnType<typeof api.openCompany>>;

beforeAll(async () => {
  database = await freshDatabase();
  api = await startHoldApi(database.db);
});
afterAll(async () => {
  expect(await api.findings()).toEqual([]);
  await api.close();
  await database.close();
});
beforeEach(async () => {
  company = await api.openCompany();
});

const capture = (usage: Record<string, unknown> = company.usage(), id = 'call-1') =>
  company.send(`/v1/holds/${id}/capture`, { usage });

/** The next so many statements that store a hold end as PostgreSQL ends a deadlock's victim. A sequence outlives what is rolled back. */
async function deadlock(times: number): Promise<void> {
  await database.db.$executeRaw`CREATE SEQUENCE deadlock_count`;
  await database.db.$executeRawUnsafe(`
    CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('deadlock_count') <= ${times} THEN
        RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
      END IF;
      RETURN NEW;
    END $$`);
  await database.db
    .$executeRaw`CREATE TRIGGER deadlocks BEFORE INSERT ON hold_request FOR EACH ROW EXECUTE FUNCTION deadlock()`;
}

describe('asking for a hold', () => {
  it('holds what Refill rates the call at, and says what was granted', async () => {
    const { status, body } = await company.ask();
    expect(status).toBe(200);
    expect(body).toEqual({
      outcome: 'granted',
      id: 'call-1',
      state: 'open',
      granted_seconds: 120,
      amount: '0.26',
      expires_at: expect.stringMatching(/Z$/),
    });
    const lastsMs = Date.parse(String(body.expires_at)) - api.clock.now().getTime();
    expect(lastsMs).toBeGreaterThan(11 * MINUTE_MS);
    expect(lastsMs).toBeLessThanOrEqual(12 * MINUTE_MS);
    expect(await company.has()).toEqual({ general: '10.00', held: '0.26', debt: '0.00' });
  });

  it('grants as many whole minutes as there is credit for, at least the first', async () => {
    const poor = await api.openCompany({ credits: '1' });
    expect((await poor.ask({ seconds: 3_600 })).body).toMatchObject({
      outcome: 'granted',
      granted_seconds: 420,
      amount: '0.91',
    });
    expect(await poor.has()).toMatchObject({ held: '0.91' });
    expect((await poor.ask({ id: 'call-2', seconds: 3_600 })).body).toEqual({
      outcome: 'refused',
      id: 'call-2',
      reason: 'credits',
      message: expect.stringMatching(/credits do not cover it.*0\.13/),
    });
    expect(await poor.has()).toMatchObject({ held: '0.91' });
  });

  it('is refused where there are no credits, and granted under the same id once there are', async () => {
    const broke = await api.openCompany({ credits: '0.1' });
    expect((await broke.ask()).body).toMatchObject({ outcome: 'refused', reason: 'credits' });
    expect(await broke.has()).toMatchObject({ held: '0.00' });
    expect((await broke.ask({ amount: '0.05', seconds: null })).body).toMatchObject({ outcome: 'granted' });
  });

  it('answers the same for the same facts, and refuses others under the same id', async () => {
    const first = await company.ask();
    expect(await company.ask()).toEqual(first);
    expect(await company.has()).toMatchObject({ held: '0.26' });
    for (const change of [
      { seconds: 60 },
      { external_number: '+12425550101' },
      { direction: 'inbound' },
      { office: 'elsewhere' },
    ])
      expect(await company.ask(change)).toMatchObject({ status: 409, body: { error: 'key-conflict' } });
  });

  it.each([false, true])(
    'never holds more than there is, however many ask at once (shared: %s)',
    async (pooled) => {
      const busy = await api.openCompany({ credits: '3', pooled });
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => busy.ask({ id: `call-${i}`, seconds: 60 + (i % 5) * 60 })),
      );
      const granted = answers.flatMap(({ body }) =>
        body.outcome === 'granted' ? [Number(body.amount)] : [],
      );
      const total = granted.reduce((sum, amount) => sum + amount, 0);
      // 23 increments of 0.13 fit into 3 dollars, and none is left unused while somebody asks for one.
      expect(total).toBeCloseTo(2.99, 6);
      expect(await busy.has()).toMatchObject({ held: '2.99' });
      const refused = answers.filter(({ body }) => body.outcome === 'refused');
      expect(refused.length + granted.length).toBe(50);
    },
  );

  it.each([1, 3])(
    'is granted where a deadlock broke off what decided it (deadlocks: %s)',
    async (deadlocks) => {
      await deadlock(deadlocks);
      try {
        expect(await company.ask()).toMatchObject({ status: 200, body: { outcome: 'granted' } });
      } finally {
        await database.db.$executeRaw`DROP TRIGGER deadlocks ON hold_request`;
        await database.db.$executeRaw`DROP FUNCTION deadlock()`;
        await database.db.$executeRaw`DROP SEQUENCE deadlock_count`;
      }
      expect(await company.has()).toMatchObject({ held: '0.26' });
    },
  );

  it('is one hold, however many ask for it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => company.ask()));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await company.has()).toMatchObject({ held: '0.26' });
  });

  it('grants free traffic without keeping anything back, also where there are no credits', async () => {
    const { db, billing } = { db: database.db, billing: api };
    const broke = await api.openCompany({ credits: '0' });
    await importDirectory(
      db,
      broke.companyId,
      {
        members: 'name,e-mail,office,licence\nAna,ana@acme.example,San Francisco,talk\n',
        numbers: 'number,member\n+14155550101,ana@acme.example\n',
      },
      billing.clock.now(),
    );
    const local = { external_number: '+14155550199', internal_number: '+14155550101' };
    expect((await broke.ask(local)).body).toMatchObject({
      outcome: 'granted',
      amount: '0',
      granted_seconds: 120,
    });
    expect((await broke.ask({ ...local, seconds: 60 })).status).toBe(409);
    expect((await broke.send('/v1/holds/call-1/extend', { seconds: 900 })).body).toMatchObject({
      granted_seconds: 900,
    });
    expect(await broke.has()).toMatchObject({ held: '0.00' });
    expect((await broke.send('/v1/holds/call-1/release')).body).toMatchObject({ state: 'released' });
  });

  it('refuses what has no rate: no match is never free', async () => {
    const { body } = await company.ask({ external_number: '+99955550100' });
    expect(body).toMatchObject({
      outcome: 'refused',
      reason: 'no_rate',
      message: expect.stringMatching(/no outbound rate covers/),
    });
    expect(
      (await company.ask({ external_number: '+99955550100', seconds: null, amount: '2' })).body,
    ).toMatchObject({ outcome: 'granted', amount: '2' });
  });

  it.each([
    ['a text to three', { kind: 'sms', pieces: 3, external_number: '+12025550100' }, '0.024'],
    ['a fax of five pages', { kind: 'fax', pieces: 5 }, '0.25'],
  ])('holds %s by the piece, all or nothing', async (_, change, amount) => {
    const { body } = await company.ask({ seconds: null, ...change });
    expect(body).toMatchObject({ outcome: 'granted', amount, granted_pieces: change.pieces });
    const poor = await api.openCompany({ credits: '0.02' });
    expect((await poor.ask({ seconds: null, ...change })).body).toMatchObject({ outcome: 'refused' });
    expect((await company.send('/v1/holds/call-1/extend', { seconds: 60 })).body).toMatchObject({
      error: 'bad-body',
      message: expect.stringMatching(/not extended/),
    });
  });

  it('holds an AI conversation from the credits that pay for it', async () => {
    const { body } = await company.ask({ kind: 'ai_conversation', seconds: null });
    expect(body).toMatchObject({ outcome: 'granted', amount: '0.5', granted_pieces: 1 });
  });

  it.each<[change: Record<string, unknown>, message: RegExp]>([
    [{ id: undefined }, /id: is missing/],
    [{ direction: undefined }, /direction: is missing/],
    [{ kind: 'fox' }, /kind: must be one of/],
    [{ seconds: undefined }, /seconds: is missing, or amount/],
    [{ amount: '1' }, /one of the two/],
    [{ pieces: 1 }, /pieces: is for messages/],
    [{ kind: 'sms' }, /seconds: is for calls/],
    [{ kind: 'ai_conversation', seconds: null, pieces: 2 }, /a conversation is one piece/],
    [{ seconds: 0 }, /seconds: must be a whole number/],
    [{ seconds: 86_401 }, /seconds: must be a whole number/],
    [{ seconds: null, amount: '0' }, /amount: must be dollars/],
    [{ seconds: null, amount: '0.0000001' }, /amount: must be dollars/],
    [{ seconds: null, amount: '1e9' }, /amount: must be dollars/],
    [{ expires_in_seconds: 5 }, /expires_in_seconds: must be a whole number/],
    [{ external_number: '555' + '1234567' }, /external_number: /],
    [{ externalnumber: '+12' }, /externalnumber: is not a field, external_number is/],
  ])('refuses %j, naming the field', async (change, message) => {
    expect(await company.ask(change)).toMatchObject({
      status: 400,
      body: { error: 'bad-body', message: expect.stringMatching(message) },
    });
    expect(await company.has()).toMatchObject({ held: '0.00' });
  });
});

describe('extending a hold', () => {
  it('lasts so long in all, at the price of its beginning, and never shorter', async () => {
    await company.ask();
    const longer = await company.send('/v1/holds/call-1/extend', { seconds: 600 });
    expect(longer.body).toMatchObject({ outcome: 'granted', granted_seconds: 600, amount: '1.3' });
    expect(await company.send('/v1/holds/call-1/extend', { seconds: 600 })).toEqual(longer);
    expect((await company.send('/v1/holds/call-1/extend', { seconds: 60 })).body).toMatchObject({
      granted_seconds: 600,
    });
    expect(await company.has()).toMatchObject({ held: '1.30' });
  });

  it('goes as far as there is credit, and then is refused with what it has', async () => {
    const poor = await api.openCompany({ credits: '1' });
    await poor.ask();
    const more = () => poor.send('/v1/holds/call-1/extend', { seconds: 3_600 });
    expect((await more()).body).toMatchObject({ outcome: 'granted', granted_seconds: 420, amount: '0.91' });
    expect((await more()).body).toMatchObject({
      outcome: 'refused',
      reason: 'credits',
      granted_seconds: 420,
    });
    expect(await poor.has()).toMatchObject({ held: '0.91' });
  });

  it('counts dollars where it was asked for in dollars', async () => {
    await company.ask({ seconds: null, amount: 1.5 });
    expect((await company.send('/v1/holds/call-1/extend', { amount: '4' })).body).toMatchObject({
      amount: '4',
    });
    expect((await company.send('/v1/holds/call-1/extend', { amount: '400' })).body).toMatchObject({
      outcome: 'refused',
    });
    expect((await company.send('/v1/holds/call-1/extend', { seconds: 60 })).status).toBe(400);
    expect(await company.has()).toMatchObject({ held: '4.00' });
  });

  it('is refused for an id that is not known, one that has ended, and one that has expired', async () => {
    expect((await company.send('/v1/holds/none/extend', { seconds: 60 })).status).toBe(404);
    expect((await company.send('/v1/holds/%00/extend', { seconds: 60 })).status).toBe(404);
    await company.ask();
    await company.send('/v1/holds/call-1/release');
    expect((await company.send('/v1/holds/call-1/extend', { seconds: 600 })).status).toBe(409);
    await company.ask({ id: 'call-2' });
    await expireHolds(database.db, company.companyId, new Date(api.clock.now().getTime() + DAY_MS));
    expect((await company.send('/v1/holds/call-2/extend', { seconds: 600 })).status).toBe(409);
  });
});

describe('capturing a hold', () => {
  it('posts the usage it carries, once, and frees what was held', async () => {
    await company.ask();
    const { status, body } = await capture();
    expect([status, body]).toMatchObject([
      200,
      { state: 'captured', usage: { id: 'usage-1', outcome: 'posted' } },
    ]);
    expect((await capture()).body).toMatchObject({ state: 'captured', usage: { outcome: 'duplicate' } });
    const again = await company.send('/v1/usage', company.usage());
    expect(again.body).toMatchObject({ records: [{ outcome: 'duplicate' }] });
    expect(await company.has()).toEqual({ general: '9.74', held: '0.00', debt: '0.00' });
  });

  it('charges what was used, also where that is more than was held', async () => {
    await company.ask({ seconds: 60 });
    await capture(company.usage({ duration_seconds: 600 }));
    expect(await company.has()).toEqual({ general: '8.70', held: '0.00', debt: '0.00' });
  });

  it('charges nothing twice where the record had come before', async () => {
    await company.ask();
    await company.send('/v1/usage', company.usage());
    expect((await capture()).body).toMatchObject({ usage: { outcome: 'duplicate' } });
    expect(await company.has()).toEqual({ general: '9.74', held: '0.00', debt: '0.00' });
  });

  it('works after the hold has expired', async () => {
    await company.ask();
    await expireHolds(database.db, company.companyId, new Date(api.clock.now().getTime() + DAY_MS));
    expect(await company.has()).toMatchObject({ held: '0.00' });
    expect((await capture()).body).toMatchObject({ state: 'captured', usage: { outcome: 'posted' } });
    expect(await company.has()).toMatchObject({ general: '9.74' });
  });

  it('is answered as expired once its time is over, until it is captured', async () => {
    const { expires_at: expiresAt } = (await company.ask()).body as { expires_at: string };
    api.clock.advance(Date.parse(expiresAt) - api.clock.now().getTime() - MINUTE_MS);
    expect((await company.ask()).body).toMatchObject({ state: 'open' });
    api.clock.advance(MINUTE_MS);
    expect((await company.ask()).body).toMatchObject({ outcome: 'granted', state: 'expired' });
    expect((await capture()).body).toMatchObject({ state: 'captured' });
    expect((await company.ask()).body).toMatchObject({ state: 'captured' });
  });

  it('frees the hold of usage that is stored and posted later, once', async () => {
    await company.ask({ seconds: null, amount: '2', external_number: '+99955550100' });
    const unrated = company.usage({ external_number: '+99955550100' });
    expect((await capture(unrated)).body).toMatchObject({ usage: { outcome: 'unrated' } });
    expect((await capture(unrated)).body).toMatchObject({ usage: { outcome: 'unrated' } });
    expect(await company.has()).toMatchObject({ held: '0.00', general: '10.00' });
    expect(await listInbox(database.db, company.companyId, 'unrated')).toHaveLength(1);
  });

  it('only frees, with a key that frees: the record comes another way, before or after', async () => {
    await company.ask();
    const free = (usageId: string) =>
      company.send('/v1/holds/call-1/capture', { usage_id: usageId }, company.frees);
    const { status, body } = await free('usage-1');
    expect([status, body]).toMatchObject([200, { state: 'captured', usage: { id: 'usage-1' } }]);
    expect(await free('usage-1')).toMatchObject({ status: 200 });
    expect(await free('usage-2')).toMatchObject({ status: 409, body: { error: 'hold-resolved' } });
    expect(await company.has()).toEqual({ general: '10.00', held: '0.00', debt: '0.00' });
    await company.send('/v1/usage', company.usage());
    expect(await company.has()).toMatchObject({ general: '9.74' });
  });

  it('refuses the other way of capturing than the key’s, and what cannot be read', async () => {
    await company.ask();
    const refused: [body: unknown, key: string, message: RegExp][] = [
      [{ usage_id: 'usage-1' }, company.posts, /usage: must be the record/],
      [{ usage: company.usage() }, company.frees, /usage_id: must name the usage/],
      [{ usage: { ...company.usage(), kind: 'fox' } }, company.posts, /usage: kind: must be one of/],
      ['{', company.posts, /not JSON/],
      ['[]', company.posts, /usage: must be the record/],
    ];
    for (const [body, key, message] of refused)
      expect(await company.send('/v1/holds/call-1/capture', body, key)).toMatchObject({
        status: 400,
        body: { error: 'bad-body', message: expect.stringMatching(message) },
      });
    expect(await company.has()).toMatchObject({ held: '0.26' });
  });

  it('keeps the hold where the record was posted with other facts, and refuses another usage', async () => {
    await company.ask();
    await company.send('/v1/usage', company.usage({ duration_seconds: 10 }));
    expect(await capture()).toMatchObject({ status: 409, body: { error: 'key-conflict' } });
    expect(await company.has()).toMatchObject({ held: '0.26' });
    await capture(company.usage({ id: 'usage-2' }));
    expect(await capture(company.usage({ id: 'usage-3' }))).toMatchObject({
      status: 409,
      body: { error: 'hold-resolved', message: expect.stringMatching(/usage-2/) },
    });
    expect(await capture(company.usage(), 'none')).toMatchObject({ status: 404 });
  });

  it('posts once, however many capture at once', async () => {
    await company.ask();
    const answers = await Promise.all(Array.from({ length: 10 }, () => capture()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(await company.has()).toEqual({ general: '9.74', held: '0.00', debt: '0.00' });
  });
});

describe('releasing a hold', () => {
  it('frees it, and says the same again; then it captures nothing', async () => {
    await company.ask();
    const released = await company.send('/v1/holds/call-1/release');
    expect(released).toMatchObject({ status: 200, body: { state: 'released' } });
    expect(await company.send('/v1/holds/call-1/release')).toEqual(released);
    expect(await capture()).toMatchObject({ status: 409, body: { error: 'hold-resolved' } });
    expect(await company.has()).toEqual({ general: '10.00', held: '0.00', debt: '0.00' });
  });

  it('is refused once the hold was captured', async () => {
    await company.ask();
    await capture();
    expect(await company.send('/v1/holds/call-1/release')).toMatchObject({ status: 409 });
    expect((await company.send('/v1/holds/none/release')).status).toBe(404);
  });
});

describe('what a key may do', () => {
  it('sends usage only, unless it has the scope; a missing one is named', async () => {
    const { key } = await createApiKey(api.deps, { companyId: company.companyId, name: 'old' });
    expect((await company.send('/v1/usage', company.usage(), key)).status).toBe(200);
    expect(await company.send('/v1/holds', {}, key)).toMatchObject({
      status: 403,
      body: {
        error: 'scope-missing',
        message: expect.stringMatching(/needs the scope holds:write, and has usage:write/),
      },
    });
    expect((await api.request('GET', '/v1/availability', key)).status).toBe(403);
    expect((await api.request('GET', '/v1/availability', 'rk_none')).status).toBe(401);
  });

  it('sees nothing of another company’s holds', async () => {
    await company.ask();
    const other = await api.openCompany();
    expect((await other.send('/v1/holds/call-1/release')).status).toBe(404);
    expect((await other.ask({ seconds: 60 })).body).toMatchObject({ granted_seconds: 60 });
    expect(await company.has()).toMatchObject({ held: '0.26' });
  });

  it('does nothing to a hold without the right key: none, a revoked one, one without the scope, another company’s', async () => {
    await company.ask();
    const { companyId } = company;
    const revoked = await createApiKey(api.deps, {
      companyId,
      name: 'gone',
      scopes: ['holds:write'],
      capture: 'posts',
    });
    expect((await api.request('GET', '/v1/holds/call-1', revoked.key)).status).toBe(200);
    await revokeApiKey(api.deps, { companyId, prefix: revoked.prefix });
    const unscoped = await createApiKey(api.deps, { companyId, name: 'usage only' });
    const other = await api.openCompany();
    const strangers: [key: string, status: number][] = [
      ['rk_none', 401],
      [revoked.key, 401],
      [unscoped.key, 403],
      [other.posts, 404],
      [other.frees, 404],
    ];
    const usage = company.usage();
    for (const [key, status] of strangers) {
      const captured = key === other.frees ? { usage_id: 'usage-1' } : { usage };
      const answers = [
        await company.send('/v1/holds/call-1/extend', { seconds: 600 }, key),
        await company.send('/v1/holds/call-1/capture', captured, key),
        await company.send('/v1/holds/call-1/release', undefined, key),
        await api.request('GET', '/v1/holds/call-1', key),
      ];
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => status));
    }
    expect((await api.request('GET', '/v1/holds/call-1', company.posts)).body).toMatchObject({
      state: 'open',
      granted_seconds: 120,
    });
    expect(await company.has()).toEqual({ general: '10.00', held: '0.26', debt: '0.00' });
    expect(await other.has()).toMatchObject({ held: '0.00', debt: '0.00', general: '10.00' });
  });

  it('says how its captures end a hold, and no other key does', async () => {
    const of = { companyId: company.companyId, name: 'x' };
    await expect(createApiKey(api.deps, { ...of, scopes: ['holds:write'] })).rejects.toThrow(/--capture/);
    await expect(createApiKey(api.deps, { ...of, capture: 'posts' })).rejects.toThrow(/--capture/);
  });

  it('is limited over all it asks', async () => {
    const strict = await startHoldApi(database.db, { requestsPerSecond: 2 });
    const keyed = await strict.openCompany();
    const answers = await Promise.all(Array.from({ length: 12 }, () => keyed.ask()));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(3);
    await strict.close();
  });
});

it('says what each office can spend by class, holds taken off', async () => {
  await company.ask();
  const { body } = await api.request('GET', '/v1/availability', company.posts);
  expect(body).toMatchObject({
    enforcement: 'reported',
    offices: [
      {
        name: 'San Francisco',
        is_primary: true,
        calls: { available: '9.74', level: 'ok' },
        ai: { available: '9.74' },
      },
      { name: 'New York', is_primary: false, calls: { available: '0', level: 'out' } },
    ],
  });
});

describe('a company that its operator suspended', () => {
  it('gets no hold while its phone system enforces credits, and holds as ever where it only reports', async () => {
    const [enforced, reported] = [await api.openCompany(), await api.openCompany()];
    await inTransaction(database.db, (tx) => setEnforcement(tx, enforced.companyId, 'enforced'));
    await enforced.ask({ id: 'running', seconds: 60 });
    for (const { companyId } of [enforced, reported])
      await suspendCompany({ db: database.db, clock: api.clock }, companyId, 'fraud');
    expect((await enforced.ask()).body).toMatchObject({ outcome: 'refused', reason: 'suspended' });
    expect((await enforced.send('/v1/holds/running/extend', { seconds: 600 })).body).toMatchObject({
      outcome: 'refused',
      reason: 'suspended',
    });
    expect((await reported.ask()).body).toMatchObject({ outcome: 'granted' });
    // Usage is posted all the same (R6).
    const posted = await enforced.send('/v1/usage', enforced.usage());
    expect(JSON.stringify(posted.body)).toContain('"posted"');
  });
});
