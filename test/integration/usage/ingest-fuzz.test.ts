import fc from 'fast-check';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiKey, createWebhook, importSampleDeck } from '../../../src/usage/index.ts';
import { fetchApi } from '../../support/api-document.ts';
import { startTestTryOut, type TryOut } from '../../support/try-out.ts';

/** What an answer must never show: where code lives, what broke, or the database's own words. */
const INTERNALS = /\bat \/|node_modules|\.ts:|prisma|postgres|SELECT |INSERT |stack/i;
const AT = '2026-11-02T09:00:00Z';

let tryOut: TryOut;
let key: string;
let hook: { path: string; secret: string };
let companyId: bigint;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  const { db, billing, secrets } = tryOut.app;
  companyId = (await db.company.findFirstOrThrow()).id;
  await importSampleDeck(db, new Date('2020-01-01T00:00:00Z'));
  ({ key } = await createApiKey({ db, clock: billing.clock }, { companyId, name: 'fuzz' }));
  hook = await createWebhook({ db, clock: billing.clock, secrets }, companyId);
});
afterAll(() => tryOut?.close());

async function post(path: string, body: Buffer | string, headers: Record<string, string> = {}) {
  const answer = await fetchApi(`${tryOut.appUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(500);
  expect(text.replace(/"id":"(?:[^"\\]|\\.)*"/g, '')).not.toMatch(INTERNALS);
  return { status: answer.status, text };
}

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '\0',
    '\uD800',
    'FALSE',
    '+4420794600',
    '9'.repeat(400),
    '0000-01-01T00:00:00Z',
    '1e999',
    '{}',
  ),
  fc.constantFrom(-1, 0, 0.5, 1e300, -1e300, 2 ** 63, 1e15, 253402300800000),
  fc.constantFrom(null, true, [], {}, [[]], { id: {} }),
);

const spoil = (good: Record<string, unknown>) =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(good)), nasty, { maxKeys: 3 })
    .map((spoilt) => ({ ...good, ...spoilt }));

it('the API answers whatever it is sent, in words of its own, an outcome a record', async () => {
  const record = spoil({
    id: 'fuzz',
    kind: 'call',
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: '+14155550101',
    answered_at: AT,
    started_at: AT,
    duration_seconds: 60,
    office: 'x',
    email: 'ana@acme.example',
    text: 'x',
    pages: 1,
    recipients: 1,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(record, nasty), { minLength: 1, maxLength: 20 }), async (records) => {
      const { status, text } = await post('/v1/usage', JSON.stringify(records));
      expect(status).toBe(200);
      const answers = (JSON.parse(text) as { records: { outcome: string }[] }).records;
      expect(answers).toHaveLength(records.length);
      expect(answers.map(({ outcome }) => outcome)).not.toContain('queued');
    }),
    { numRuns: 60 },
  );
});

it('the API takes no harm from bodies that are not JSON, or not what their headers say', async () => {
  const type = fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'a\u00e9');
  const encoding = fc.constantFrom('identity', 'gzip', 'deflate', 'br', 'gzip, br', 'x');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), type, encoding, async (bytes, contentType, coded) => {
      await post('/v1/usage', Buffer.from(bytes), { 'content-type': contentType, 'content-encoding': coded });
      await post(hook.path, Buffer.from(bytes), { 'content-type': contentType });
    }),
    { numRuns: 60 },
  );
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  await post('/v1/usage', deep, { 'content-type': 'application/json' });
  await post('/v1/usage', `[{"id":"deep","text":${deep}}]`, { 'content-type': 'application/json' });
});

it('the webhook answers whatever is signed, and loses no end of a call', async () => {
  const now = tryOut.sandbox.clock.now().getTime();
  let sent = 0;
  const hangup = spoil({
    call_id: 1,
    master_call_id: null,
    entry_point_call_id: null,
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: '+14155550101',
    date_started: now - 60_000,
    date_connected: now - 50_000,
    event_timestamp: now - 30_000,
    duration: 20_000.5,
    target: { id: 2, type: 'user', phone: '+14155550101' },
    is_internal: false,
    group_id: 'Office:6422934115149452',
  });
  const { db } = tryOut.app;
  await fc.assert(
    fc.asyncProperty(hangup, async (event) => {
      sent += 1;
      const payload = { ...event, state: 'hangup', note: `event ${sent}` };
      const body = await new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(hook.secret));
      const { status, text } = await post(hook.path, body);
      if (status === 200) expect(text).toMatch(/posted|stored/);
      else expect(Number(event.event_timestamp)).toBeGreaterThan(now);
    }),
    { numRuns: 80 },
  );
  const broken = await db.usageInbox.count({ where: { companyId, reason: 'unbooked' } });
  expect(broken).toBe(0);
});
