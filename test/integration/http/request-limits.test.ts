import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync, gzip as gzipWithCallback } from 'node:zlib';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createMetrics, healthRoutes, startHttp, usageRoutes } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { createApiKey, createWebhook } from '../../../src/usage/index.ts';
import { fetchApi } from '../../support/api-document.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase } from '../../support/database.ts';

const gzip = promisify(gzipWithCallback);
const MIB = 1024 * 1024;
const NDJSON = { 'content-type': 'application/x-ndjson' };
const GZIP = { ...NDJSON, 'content-encoding': 'gzip' };
const REQUESTS_PER_SECOND = 5;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let server: Awaited<ReturnType<typeof startHttp>>;
let key: string;
let otherKey: string;
let unusedKey: string;
let hook: { path: string; secret: string };
let origin: string;

beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  const { companyId } = await testCompany(db);
  const secrets = createSecretBox('the tests guard no secrets');
  const deps = { db, clock: systemClock, log: createLogger('silent'), secrets };
  ({ key } = await createApiKey(deps, { companyId, name: 'test' }));
  ({ key: otherKey } = await createApiKey(deps, { companyId, name: 'other' }));
  ({ key: unusedKey } = await createApiKey(deps, { companyId, name: 'unused' }));
  hook = await createWebhook(deps, companyId);
  const routes = [
    ...healthRoutes({
      db,
      metrics: createMetrics({ db, clock: systemClock }),
      isSchemaCurrent: async () => true,
    }),
    ...usageRoutes(deps, { requestsPerSecond: REQUESTS_PER_SECOND }),
  ];
  server = await startHttp({ host: '127.0.0.1', port: 0, log: deps.log, routes });
  origin = `http://127.0.0.1:${server.port}`;
  // The first of each opens what it needs.
  await worstHealthDuring(() => post('[{}]', {}));
});
afterAll(async () => {
  await server?.close();
  await database?.close();
});

async function post(body: BodyInit, headers: Record<string, string>, withKey = key) {
  for (;;) {
    const answer = await fetchApi(`${origin}/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${withKey}`, ...headers },
      body,
    });
    const text = await answer.text();
    const sent = JSON.parse(text) as { error?: string; message?: string; records?: { outcome: string }[] };
    if (answer.status !== 429 || !sent.message?.includes('requests a second'))
      return { status: answer.status, headers: answer.headers, ...sent };
    await sleep(250);
  }
}

/**
 * Does something, and meanwhile asks again and again whether the app is well: the longest that it made /health wait, in
 * ms of this process's own work, so that what else a busy machine does is not held against it.
 */
async function worstHealthDuring(work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  let worst = 0;
  const done = work().finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const before = process.cpuUsage();
    const { status } = await fetch(`${origin}/health`);
    expect(status).toBe(200);
    const { user, system } = process.cpuUsage(before);
    worst = Math.max(worst, (user + system) / 1_000);
    await sleep(20);
  }
  await done;
  return worst;
}

const repeat = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));

describe('a body that is too much', () => {
  it.each([
    ['2 MB of lines that are no records', () => repeat('x\n', 2 * MIB), NDJSON, 'too-many-records'],
    ['2 MB of lines that are empty records', () => repeat('{}\n', 2 * MIB), NDJSON, 'too-many-records'],
    ['2 MB of such lines without a type', () => repeat('{}\n', 2 * MIB), {}, 'too-many-records'],
    ['2 MB of blank lines', () => repeat('\n', 2 * MIB), NDJSON, 'body-too-large'],
    ['a JSON array of 2 MB', () => `[${repeat('{},', 2 * MIB)}{}]`, {}, 'body-too-large'],
    ['a JSON array of half a million zeros', () => `[${repeat('0,', MIB - 1_000)}0]`, {}, 'too-many-records'],
    ['a line of 2 MB', () => `{"id":"${repeat('x', 2 * MIB)}"}`, NDJSON, 'body-too-large'],
    ['an object of 2 MB', () => `{"id":"${repeat('x', 2 * MIB)}"}`, {}, 'body-too-large'],
    [
      '64 MB of lines that are no records, packed',
      () => gzip(repeat('x\n', 64 * MIB)),
      GZIP,
      'too-many-records',
    ],
    ['64 MB of empty records, packed', () => gzip(repeat('{}\n', 64 * MIB)), GZIP, 'too-many-records'],
    [
      '64 MB of one array, packed',
      () => gzip(`[${repeat('{},', 64 * MIB)}{}]`),
      { 'content-encoding': 'gzip' },
      'body-too-large',
    ],
    ['64 MB of one line, packed', () => gzip(repeat('x', 64 * MIB)), GZIP, 'body-too-large'],
    ['17 MB sent as they are', () => repeat(`${'x'.repeat(9_000)}\n`, 17 * MIB), NDJSON, 'body-too-large'],
  ])(
    'is refused in words, and /health answers within a second meanwhile: %s',
    async (_, make, headers, code) => {
      const body = await make();
      let answer: Awaited<ReturnType<typeof post>> | undefined;
      const worst = await worstHealthDuring(async () => {
        answer = await post(body, headers as Record<string, string>);
      });
      expect(answer).toMatchObject({ status: 413, error: code });
      expect(worst).toBeLessThan(1_000);
    },
    60_000,
  );

  it('leaves the books as they were', async () => {
    const record = { id: 'r1', kind: 'sms', direction: 'outbound', external_number: '+12025550100' };
    const lines = `${JSON.stringify({ ...record, at: new Date().toISOString(), text: 'x' })}\n`;
    expect(await post(repeat(lines, lines.length * 10_001), NDJSON)).toMatchObject({ status: 413 });
    expect(await database.db.usageInbox.count()).toBe(0);
    expect(await database.db.usageRecord.count()).toBe(0);
  });
});

describe('a body that is allowed', () => {
  it('of 10,000 lines that are no records is answered line by line, and /health within a second', async () => {
    let answer: Awaited<ReturnType<typeof post>> | undefined;
    const worst = await worstHealthDuring(async () => {
      answer = await post(repeat('{not json}\nx\n', 13 * 5_000), NDJSON);
    });
    expect(answer?.status).toBe(200);
    expect(answer?.records).toHaveLength(10_000);
    expect(new Set(answer?.records?.map(({ outcome }) => outcome))).toEqual(new Set(['rejected']));
    expect(worst).toBeLessThan(1_000);
  });

  it('is read alike whole or in pieces, with a BOM, blank lines, Windows ends and no end', async () => {
    const record = (n: number): string =>
      JSON.stringify({ id: `line-${n}`, kind: 'fax', text: 'ü'.repeat(200) });
    const lines = Array.from({ length: 600 }, (_, n) => record(n));
    const ids = lines.map((_, n) => `line-${n}`);
    for (const body of [`\ufeff${lines.join('\r\n')}`, `\n\n${lines.join('\n\n')}\n`])
      for (const [bytes, headers] of [
        [Buffer.from(body), NDJSON],
        [Buffer.from(body), { 'content-type': 'application/json' }],
        [gzipSync(body), GZIP],
      ] as const) {
        const { status, records } = await post(bytes, headers);
        expect(status).toBe(200);
        expect(records?.map((each) => (each as { id?: string }).id)).toEqual(ids);
      }
    const whole = await post(`\ufeff [${lines.slice(0, 300).join(',')}]`, {});
    expect(whole.records?.map((each) => (each as { id?: string }).id)).toEqual(ids.slice(0, 300));
  });

  it('but packed in a way that is none of ours is refused: no name is looked up where it should not be', async () => {
    for (const encoding of ['constructor', '__proto__', 'zip', 'gzip, gzip'])
      expect((await post('[]', { 'content-encoding': encoding })).status).toBe(415);
    expect((await post('[]', { 'content-encoding': 'gzip' })).error).toBe('bad-body');
    expect((await post(gzipSync('[]').subarray(0, 15), { 'content-encoding': 'gzip' })).error).toBe(
      'bad-body',
    );
  });
});

describe('a key', () => {
  it('that sends too often is asked to wait, and no other is', async () => {
    const send = (withKey: string) =>
      fetchApi(`${origin}/v1/usage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${withKey}` },
        body: '[]',
      });
    // So many that even a machine that takes ten seconds for them is asked for more than the key may send.
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(otherKey)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(2 * REQUESTS_PER_SECOND);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await send(unusedKey)).status).toBe(200);
  });

  it('has one body of more than 256 KB at a time; small ones pass meanwhile', async () => {
    const started = startSlowBody();
    await started.isLarge;
    const second = await post(
      repeat('x\n', 19_000 * 2).slice(0, 18_000) + repeat(`${'y'.repeat(999)}\n`, 300_000),
      NDJSON,
    );
    expect(second).toMatchObject({ status: 429, error: 'too-many-requests' });
    expect(second.headers.get('retry-after')).toBe('1');
    expect((await post('[]', {})).status).toBe(200);
    started.finish();
    expect((await started.answer).status).toBe(200);
    expect((await post(repeat(`${'y'.repeat(999)}\n`, 300_000), NDJSON)).status).toBe(200);
  });
});

/** A sender with 300 KB that ends its body only when told. */
function startSlowBody(): { isLarge: Promise<void>; finish(): void; answer: Promise<Response> } {
  let finish = (): void => undefined;
  let sentLarge = (): void => undefined;
  const isLarge = new Promise<void>((resolve) => {
    sentLarge = resolve;
  });
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from(repeat(`${'z'.repeat(999)}\n`, 300_000)));
      finish = () => controller.close();
    },
  });
  const answer = fetchApi(`${origin}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...NDJSON },
    body: stream,
    duplex: 'half',
  } as RequestInit);
  // The server has read it when a second large body is refused; until then one is let in.
  void (async () => {
    for (;;) {
      await sleep(100);
      const probe = await post(repeat(`${'p'.repeat(999)}\n`, 300_000), NDJSON);
      if (probe.status === 429) return sentLarge();
    }
  })();
  return { isLarge, finish: () => finish(), answer };
}

describe('a phone system’s signed event', () => {
  it('is in no rate limit: sixty at once are all taken', async () => {
    const sign = (n: number): Promise<string> =>
      new CompactSign(
        Buffer.from(
          JSON.stringify({
            call_id: 5_600_000_000_000_000 + n,
            state: 'hangup',
            event_timestamp: Date.now(),
          }),
        ),
      )
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(hook.secret));
    const bodies = await Promise.all(Array.from({ length: 60 }, (_, n) => sign(n)));
    const answers = await Promise.all(
      bodies.map((body) =>
        fetch(`${origin}${hook.path}`, { method: 'POST', body }).then(({ status }) => status),
      ),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  });
});
