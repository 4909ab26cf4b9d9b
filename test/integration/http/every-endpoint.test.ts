import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billingRoutes, createMetrics, healthRoutes, usageRoutes } from '../../../src/http/index.ts';
import { servedDocument } from '../../support/api-document.ts';
import { signedBySlack } from '../../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../../support/try-out.ts';

/** What an answer must never show: where code lives, what broke, or the database's own words. */
const INTERNALS = /\bat \/|node_modules|\.ts:|prisma|postgres|SELECT |INSERT |stack/i;

/** What describes the API is for anyone. */
const isPublic = ({ method, path }: { method: string; path: string }): boolean =>
  ['GET', 'HEAD'].includes(method) && /^\/v1\/(openapi\.json|docs)(\?|$)/.test(path);

let tryOut: TryOut;
let paths: string[];
let booked: () => Promise<unknown>;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  const { db, billing, secrets } = tryOut.app;
  const { clock, log } = billing;
  const routes = [
    ...healthRoutes({ db, metrics: createMetrics({ db, clock }), isSchemaCurrent: async () => true }),
    ...billingRoutes(billing, () => undefined),
    ...usageRoutes({ db, clock, log, secrets }),
  ];
  paths = [...routes.map(({ path }) => path), '/slack/events', '/slack', '/'];
  booked = () =>
    Promise.all([db.entry.count(), db.purchaseOrder.count(), db.card.count(), db.company.findMany()]);
});
afterAll(() => tryOut?.close());

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends a request as it is, whatever a well-behaved client would make of it; null where its syntax is refused. */
function send({ method, path, headers, body }: Sent): Promise<Answered> {
  const { hostname, port } = new URL(tryOut.appUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Headers(answer.headers as Record<string, string>),
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function knock(sent: Sent): Promise<Answered> {
  const answer = await send(sent);
  const isRead = sent.method !== 'HEAD' && answer.text !== '';
  if (sent.path.startsWith('/v1/') && !isPublic(sent) && isRead)
    (await servedDocument(tryOut.appUrl)).check({ ...sent, ...answer });
  const what = `${sent.method} ${sent.path} ${JSON.stringify(`${sent.body}`)}: ${answer.status} ${answer.text}`;
  expect(answer.status, what).toBeLessThan(500);
  if (!sent.path.startsWith('/metrics')) expect(answer.text, what).not.toMatch(INTERNALS);
  return answer;
}

const segment = fc.oneof(
  fc.constantFrom('%00', '%', '%ff', '..', "'", '%F0%9F%92%B8', 'a'.repeat(4_000), '-1', '{}', 'done'),
  fc.string({ unit: fc.constantFrom(...'abz019-_.~%;:@&=+$,!*()'), minLength: 1, maxLength: 40 }),
);
const header = fc.oneof(
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer ',
    `Bearer rk_${'a'.repeat(32)}`,
    't=1,v1=00',
    'v0=00',
    '0',
    '9e99',
    '-1',
  ),
  fc.string({ unit: fc.constantFrom(...'abz019 ,;=/'), maxLength: 60 }),
);
const anyHeaders = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'content-type',
    'content-encoding',
    'stripe-signature',
    'x-slack-signature',
    'x-slack-request-timestamp',
    'x-forwarded-for',
    'cookie',
  ),
  header,
);

describe('every address of the server', () => {
  it('answers whatever it is asked, shows nothing of its insides, and does nothing for a stranger', async () => {
    const before = await booked();
    const method = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH');
    const asked = fc.tuple(method, fc.nat(), segment, segment, anyHeaders, fc.uint8Array({ maxLength: 200 }));
    await fc.assert(
      fc.asyncProperty(asked, async ([verb, place, part, query, headers, bytes]) => {
        const path = (paths[place % paths.length] ?? '/').replace(/:\w+/g, part);
        const body = ['GET', 'HEAD', 'OPTIONS'].includes(verb) ? Buffer.alloc(0) : Buffer.from(bytes);
        const { status } = await knock({ method: verb, path: `${path}?${query}`, headers, body });
        if (/^\/(v1|webhooks)\//.test(path) && !isPublic({ method: verb, path }))
          expect(status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 300 },
    );
    expect(await booked()).toEqual(before);
  });

  it('takes no harm from what Slack or the card processor would have signed', async () => {
    const { stripe } = tryOut.sandbox;
    const before = await booked();
    const sign = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
    const json = fc.json({ maxDepth: 3 });
    const payload = fc.oneof(
      json,
      json.map((text) => `payload=${encodeURIComponent(text)}`),
      fc.constantFrom(
        '',
        'null',
        'name',
        'payload=',
        'payload=null',
        'command=/credits',
        '{"type":"event_callback"}',
        '{"event":5}',
        '{"type":"view_submission","view":1}',
        '{"id":"evt_1"}',
        '[]',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain');
    const sendSigned = async ([text, contentType]: [string, string]): Promise<void> => {
      const at = String(Math.floor(Date.now() / 1_000));
      const body = Buffer.from(text);
      const common = { method: 'POST', body };
      const headers = { 'content-type': contentType };
      const byStripe = { 'stripe-signature': `t=${at},v1=${sign(stripe.webhookSecret, `${at}.${body}`)}` };
      for (const path of ['/slack/events', '/slack/./events?x'])
        await knock({ ...common, path, headers: { ...headers, ...signedBySlack(tryOut.sandbox, body) } });
      await knock({ ...common, path: '/webhooks/stripe', headers: { ...headers, ...byStripe } });
    };
    await fc.assert(fc.asyncProperty(fc.tuple(payload, type), sendSigned), { numRuns: 200 });
    expect(await booked()).toEqual(before);
  });
});
