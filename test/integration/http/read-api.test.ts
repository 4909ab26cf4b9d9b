import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { ENDPOINTS } from '../../../src/http/api/endpoints.ts';
import { setSpendingLimit } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { importDirectory } from '../../../src/org/index.ts';
import { type ApiScope, apiScope, createApiKey, createWebhook, endIntake } from '../../../src/usage/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { startHoldApi } from '../../support/hold-api.ts';
import { storeOrder } from '../../support/order-row.ts';

type Api = Awaited<ReturnType<typeof startHoldApi>>;
type Company = Awaited<ReturnType<Api['openCompany']>> & { reads: string };
type Row = Record<string, unknown>;

let database: TestDatabase;
let api: Api;
let acme: Company;
let other: Company;
let from: string;

const createKey = async (companyId: bigint, scopes: readonly ApiScope[]): Promise<string> => {
  const capture = scopes.includes('holds:write') ? 'frees' : null;
  return (await createApiKey(api.deps, { companyId, name: 'reads', scopes, capture })).key;
};
const open = async (): Promise<Company> => {
  const company = await api.openCompany({ credits: '50' });
  return { ...company, reads: await createKey(company.companyId, apiScope.options) };
};
const get = (path: string, key = acme.reads) => api.request('GET', path, key);
const at = (agoMs: number): string => new Date(api.clock.now().getTime() - agoMs).toISOString();

/** All pages of a list, read three at a time; between the pages something may happen. */
async function readAll(
  path: string,
  rows: string,
  between = async (): Promise<void> => undefined,
): Promise<Row[]> {
  const all: Row[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const { status, body } = await get(`${path}limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(status, JSON.stringify(body)).toBe(200);
    const page = body[rows] as Row[];
    expect(page.length).toBeLessThanOrEqual(3);
    all.push(...page);
    cursor = body.next_cursor;
    if (cursor !== null) await between();
  }
  return all;
}

const order = (company: Company, number: number, change: Row = {}) =>
  storeOrder(database.db, {
    companyId: company.companyId,
    token: randomUUID(),
    kind: 'purchase',
    state: 'settled',
    method: 'invoice',
    officeId: company.officeIds[0],
    amountMicros: 20_000_000n,
    userId: 'UANA',
    createdAt: new Date(at(HOUR_MS - number * MINUTE_MS)),
    confirmedAt: new Date(at(HOUR_MS - number * MINUTE_MS)),
    settledAt: new Date(at(0)),
    receiptNumber: BigInt(number),
    ...change,
  });

beforeAll(async () => {
  database = await freshDatabase();
  api = await startHoldApi(database.db);
  [acme, other] = [await open(), await open()];
  from = at(HOUR_MS);
  for (const company of [acme, other]) {
    const directory = {
      members:
        'name,e-mail,office,licence\nAna,ana@acme.example,San Francisco,talk\nLi,li@acme.example,New York,talk\n',
      numbers: 'number,member\n+14155550101,ana@acme.example\n+14155550102,li@acme.example\n',
    };
    await importDirectory(database.db, company.companyId, directory, api.clock.now());
    const records = Array.from({ length: 7 }, (_, n) =>
      company.usage({
        id: `call-${n}`,
        answered_at: at((10 + n) * MINUTE_MS),
        internal_number: n < 5 ? '+14155550101' : '+14155550102',
      }),
    );
    const text = { id: 'text-1', kind: 'sms', direction: 'outbound', external_number: '+12025550100' };
    records.push({ ...text, internal_number: '+14155550101', at: at(5 * MINUTE_MS) } as never);
    expect((await company.send('/v1/usage', records)).status).toBe(200);
    for (const id of ['hold-1', 'hold-2', 'hold-3', 'hold-4', 'hold-5']) await company.ask({ id });
    await company.send('/v1/holds/hold-2/release');
    for (const number of [1, 2, 3, 4]) await order(company, number);
  }
});
afterAll(async () => {
  expect(await api.findings()).toEqual([]);
  await api.close();
  await database.close();
});

describe('who may read', () => {
  it.each(ENDPOINTS.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))(
    '%s wants its scope, and a key',
    async (_, { method, path, scope }) => {
      const others = apiScope.options.filter((each) => each !== scope);
      const key = await createKey(acme.companyId, others);
      const asked = path.replace(/:\w+/g, 'x');
      const refused = await api.request(method, asked, key, method === 'POST' ? {} : undefined);
      expect(refused).toMatchObject({ status: 403, body: { code: 'scope-missing' } });
      expect(refused.body.detail).toContain(scope);
      const stranger = await api.request(method, asked, `rk_${'a'.repeat(32)}`);
      expect(stranger).toMatchObject({ status: 401, body: { code: 'unauthorised' } });
    },
  );

  it('a key reads its own company alone', async () => {
    const mine = await readAll(`/v1/usage?from=${from}&`, 'records');
    expect(mine).toHaveLength(8);
    await other.send('/v1/usage', other.usage({ id: 'theirs', answered_at: at(MINUTE_MS) }));
    expect(await readAll(`/v1/usage?from=${from}&`, 'records')).toEqual(mine);
    await other.ask({ id: 'their-hold' });
    expect((await get('/v1/holds/their-hold')).status).toBe(404);
    const theirs = await order(other, 9);
    expect((await get(`/v1/orders/P-${theirs.id}`)).status).toBe(404);
    const { id: officeId } = await database.db.office.findFirstOrThrow({
      where: { companyId: other.companyId },
    });
    await inTransaction(database.db, (tx) =>
      setSpendingLimit(tx, {
        companyId: other.companyId,
        subject: { kind: 'office', officeId },
        period: 'month',
        amount: dollars('1'),
        levels: [100],
        setBy: 'operator',
        at: api.clock.now(),
      }),
    );
    expect((await get('/v1/limits')).body).toEqual({ limits: [] });
  });
});

describe('usage records', () => {
  it('say what an export says of them', async () => {
    const { body } = await get(`/v1/usage?from=${from}&limit=2`);
    const [text, call] = body.records as [Row, Row];
    expect(text).toMatchObject({ id: 'text-1', kind: 'sms', cost: '0.008', duration_seconds: 0 });
    expect(call).toEqual({
      id: 'call-0',
      source: 'api',
      at: expect.stringMatching(/Z$/),
      kind: 'international',
      direction: 'outbound',
      member: { id: null, name: 'Ana' },
      department: null,
      office: { id: null, name: 'San Francisco' },
      internal_number: '+14155550101',
      external_number: '+12425550100',
      duration_seconds: 61,
      billed_seconds: 120,
      quantity: 1,
      cost: '0.26',
      price: '+1 242, $0.1300/min, 61 s billed as 120 s',
    });
  });

  it('come each once, however much comes in between the pages', async () => {
    const before = await readAll(`/v1/usage?from=${from}&`, 'records');
    let sent = 0;
    const all = await readAll(`/v1/usage?from=${from}&`, 'records', async () => {
      sent += 1;
      const newer = acme.usage({ id: `late-${sent}`, answered_at: at(MINUTE_MS) });
      const older = acme.usage({ id: `old-${sent}`, answered_at: at(50 * MINUTE_MS + sent) });
      expect((await acme.send('/v1/usage', [newer, older])).status).toBe(200);
    });
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
    expect(ids.some((id) => String(id).startsWith('late-'))).toBe(false);
  });

  it.each([
    ['a kind', 'kind=sms', ['text-1']],
    ['a person', 'member=Li', ['call-5', 'call-6']],
    ['an office', 'office=New%20York', ['call-5', 'call-6']],
    ['a kind of an office', 'office=New%20York&kind=sms', []],
  ])('are narrowed to %s', async (_, filter, ids) => {
    const found = await readAll(`/v1/usage?from=${from}&${filter}&`, 'records');
    expect(found.map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['no beginning', '', /^from: is missing$/],
    ['a beginning that is none', 'from=yesterday', /from: "yesterday" is not a time/],
    ['an end before it', 'from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z', /from: must be before to/],
    ['another kind', 'from=2026-11-20T00:00:00Z&kind=fact', /kind: must be one of internal, local, /],
    [
      'an office of nobody',
      'from=2026-11-20T00:00:00Z&office=Mars',
      /office: "Mars" is none of this company/,
    ],
    [
      'an office that cannot be looked up',
      'from=2026-11-20T00:00:00Z&office=Ma%00rs',
      /office: must not contain NUL/,
    ],
    [
      'a page too large',
      'from=2026-11-20T00:00:00Z&limit=501',
      /limit: must be a whole number from 1 to 500/,
    ],
    ['a limit twice', 'from=2026-11-20T00:00:00Z&limit=1&limit=2', /limit: is there 2 times/],
    [
      'a parameter that is none',
      'from=2026-11-20T00:00:00Z&since=1',
      /since: is not a parameter; there are limit/,
    ],
  ])('are refused in words for %s', async (_, search, detail) => {
    const { status, body } = await get(`/v1/usage?${search}`);
    expect(body).toMatchObject({ code: 'bad-query', detail: expect.stringMatching(detail) });
    expect(status).toBe(400);
  });
});

describe('a cursor', () => {
  it('is taken by the list that gave it alone', async () => {
    const { body } = await get(`/v1/usage?from=${from}&limit=2`);
    const cursor = String(body.next_cursor);
    const [place = '', ...rest] = cursor.split('.');
    const made = Buffer.from(JSON.stringify([at(0), 'api', 'x'])).toString('base64url');
    expect((await get(`/v1/usage?limit=1&from=${from}&cursor=${cursor}`)).status).toBe(200);
    for (const [path, key] of [
      [`/v1/usage?from=${from}&cursor=${cursor}`, other.reads],
      [`/v1/usage?from=${from}&kind=sms&cursor=${cursor}`, acme.reads],
      [`/v1/usage?from=${at(2 * HOUR_MS)}&cursor=${cursor}`, acme.reads],
      [`/v1/orders?cursor=${cursor}`, acme.reads],
      [`/v1/usage?from=${from}&cursor=${[made, ...rest].join('.')}`, acme.reads],
      [`/v1/usage?from=${from}&cursor=${place}`, acme.reads],
      [`/v1/usage?from=${from}&cursor=`, acme.reads],
      [`/v1/usage?from=${from}&cursor=${'a'.repeat(3_000)}.b.${'c'.repeat(43)}`, acme.reads],
    ] as const)
      expect(await get(path, key), path).toMatchObject({ status: 400, body: { code: 'bad-cursor' } });
  });
});

describe('what a company has', () => {
  it('stands in its balance and its statement alike', async () => {
    const { body } = await get('/v1/balance');
    const wallets = body.wallets as { office: Row; general: string; calls: Row }[];
    expect(body.is_shared).toBe(false);
    expect(wallets.map(({ office }) => office.name)).toEqual(['San Francisco', 'New York']);
    const [first] = wallets;
    expect(first?.calls.held).toBe('1.04');
    const entries = await readAll(`/v1/statement?from=${at(2 * HOUR_MS)}&office=San%20Francisco&`, 'entries');
    const statement = await get(`/v1/statement?from=${at(2 * HOUR_MS)}&office=San%20Francisco`);
    const sum = entries.reduce((total, entry) => total.plus(String(entry.amount)), dollars('0'));
    expect(statement.body).toMatchObject({ opening_balance: '0', closing_balance: sum.toFixed() });
    expect(first?.general).toBe(sum.toFixed());
    expect(entries[0]).toMatchObject({
      type: 'grant',
      amount: '50',
      paid_by: [{ credits: 'general', amount: '50' }],
    });
    expect(entries.at(-1)).toMatchObject({ type: 'usage', balance_after: sum.toFixed(), source: 'api' });
    for (const entry of entries)
      for (const told of ['actor', 'reason']) expect(entry).not.toHaveProperty(told);
  });

  it('asks for the office where credits are not shared, and for none where they are', async () => {
    const search = `/v1/statement?from=${from}`;
    expect((await get(search)).body.detail).toBe('office: is missing; there are San Francisco, New York');
    expect((await get(`${search}&office=Mars`)).body.detail).toMatch(/"Mars" has no credits of its own/);
    const pooled = await api.openCompany({ pooled: true });
    const key = await createKey(pooled.companyId, apiScope.options);
    expect(await get(search, key)).toMatchObject({
      status: 200,
      body: { office: null, closing_balance: '10' },
    });
    expect((await get('/v1/balance', key)).body).toMatchObject({
      is_shared: true,
      wallets: [{ general: '10' }],
    });
  });

  it('is held by holds, which can be read and listed', async () => {
    const all = await readAll('/v1/holds?', 'holds');
    expect(all.map(({ id }) => id)).toEqual(['hold-1', 'hold-2', 'hold-3', 'hold-4', 'hold-5']);
    const stillOpen = await readAll('/v1/holds?state=open&', 'holds');
    expect(stillOpen.map(({ id }) => id)).toEqual(['hold-1', 'hold-3', 'hold-4', 'hold-5']);
    expect((await get('/v1/holds/hold-2')).body).toEqual(all[1]);
    expect(await get('/v1/holds/none')).toMatchObject({ status: 404, body: { code: 'hold-unknown' } });
  });

  it('is limited by spending limits', async () => {
    await inTransaction(database.db, (tx) =>
      setSpendingLimit(tx, {
        companyId: acme.companyId,
        subject: { kind: 'office', officeId: acme.officeIds[1] ?? 0n },
        period: 'month',
        amount: dollars('2'),
        levels: [50, 100],
        setBy: 'operator',
        at: api.clock.now(),
      }),
    );
    const { limits } = (await get('/v1/limits')).body as { limits: Row[] };
    expect(limits).toEqual([
      expect.objectContaining({
        scope: 'office',
        of: { id: null, name: 'New York' },
        limit: '2',
        spent: '0.52',
        room: '1.48',
      }),
    ]);
  });
});

describe('orders and receipts', () => {
  it('are listed once each, the newest first, whatever is bought between the pages', async () => {
    let next = 10;
    const orders = await readAll('/v1/orders?', 'orders', async () => {
      next += 1;
      await order(acme, next, { createdAt: new Date(at(0)), receiptNumber: BigInt(next) });
    });
    expect(orders.map(({ receipt }) => receipt)).toEqual(['R-000004', 'R-000003', 'R-000002', 'R-000001']);
    const receipts = await readAll('/v1/receipts?', 'receipts');
    expect(receipts.map(({ number }) => number)).toEqual([
      'R-000011',
      ...orders.map(({ receipt }) => receipt),
    ]);
    expect(receipts.at(-1)).toMatchObject({
      amount: '20',
      method: 'invoice',
      lines: [{ label: 'San Francisco', amount: '20' }],
    });
  });

  it('an order is found by its reference and its receipt, with its lines, and nobody’s name', async () => {
    const { id } = await order(acme, 20);
    const { body } = await get(`/v1/orders/P-${id}`);
    expect(body).toMatchObject({
      state: 'settled',
      receipt: 'R-000020',
      lines: [{ office: 'San Francisco', amount: '20', credited: null, reversed: '0' }],
    });
    expect((await get('/v1/orders/R-000020')).body).toEqual(body);
    expect(JSON.stringify(body)).not.toContain('UANA');
    const draft = await order(acme, 21, { state: 'draft', receiptNumber: null, settledAt: null });
    for (const name of [`P-${draft.id}`, 'P-999999', 'pi_1', 'x', '%00'])
      expect(await get(`/v1/orders/${name}`), name).toMatchObject({
        status: 404,
        body: { code: 'order-unknown' },
      });
  });

  it('only those whose money may still move are open', async () => {
    await order(acme, 30, { state: 'unknown', receiptNumber: null, settledAt: null });
    const opened = await readAll('/v1/orders?state=open&', 'orders');
    expect(opened).toEqual([expect.objectContaining({ state: 'unknown', receipt: null })]);
  });
});

it('a company that was closed is answered with its own code, whatever is asked, and nothing of it is taken', async () => {
  const { companyId, reads } = await open();
  const webhook = await createWebhook(api.deps, companyId);
  await inTransaction(database.db, async (tx) => {
    const now = api.clock.now();
    await tx.company.update({
      where: { id: companyId },
      data: { suspendedAt: now, suspendedReason: 'closed', closingAt: now, closedAt: now },
    });
    await endIntake(tx, companyId, now);
  });
  const record = { id: 'late', kind: 'call', direction: 'outbound' };
  const asked = [
    ...ENDPOINTS.map(({ method, path }) => [method, path.replace(/:\w+/g, 'late')] as const),
    ['POST', webhook.path] as const,
  ];
  expect(asked.length).toBeGreaterThan(10);
  for (const [method, path] of asked) {
    const { status, body } = await api.request(method, path, reads, method === 'POST' ? record : undefined);
    expect([path, status, body.code]).toEqual([path, 410, 'company-closed']);
    expect(body.detail).toMatch(/account is closed: no usage is taken/);
  }
  expect(await database.db.usageRecord.count({ where: { companyId } })).toBe(0);
  expect(await database.db.usageInbox.count({ where: { companyId } })).toBe(0);
  // An address or a key that never was is told nothing of any company.
  expect((await api.request('POST', '/webhooks/dialpad/unknown-token', reads, record)).status).toBe(401);
  expect((await get('/v1/balance', 'rk_none')).status).toBe(401);
});
