import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/log.ts';
import { listeners } from '../../../src/slack/listeners.ts';
import { createWebhook } from '../../../src/usage/index.ts';
import { FORM, interaction, sendAsSlack, signedBySlack } from '../../support/send-as-slack.ts';
import { startTestTryOut, type TryOut } from '../../support/try-out.ts';

const TEAM = 'T0ACME0001';
const ANA = 'U0ANA00001';
const JSON_TYPE = 'application/json';

let tryOut: TryOut;
/** What the app logged, a line each. */
let lines: string[] = [];

beforeAll(async () => {
  tryOut = await startTestTryOut({ log: createLogger('info', { write: (line) => lines.push(line) }) });
});
afterAll(() => tryOut?.close());
beforeEach(() => {
  lines = [];
});

/**
 * What the app logged as an error, in short. The trigger and the view of these requests are Slack's to refuse, and a
 * busy machine's stand-ins may answer late.
 */
const errors = (): string[] =>
  lines
    .filter((line) => !LATE.test(line))
    .map((line) => JSON.parse(line) as Logged)
    .filter(
      ({ level, err, from }) =>
        level >= 50 &&
        // What Slack's library notes of a refused call by itself; the call's own error is logged beside it.
        !(from === 'bolt' && err === undefined) &&
        !SLACKS_REFUSALS.has(err?.slackError ?? '') &&
        !LATE_ANSWERS.has(err?.type ?? ''),
    )
    .map(({ listener, err }) => `${listener}: ${err?.type} ${err?.message}`);
interface Logged {
  level: number;
  listener?: string;
  from?: string;
  err?: Record<string, string>;
}
const LATE = /within three seconds|ERR_HTTP_HEADERS_SENT|ack\(\) called/;
const LATE_ANSWERS = new Set(['GatewayUnknownError', 'WebAPIRequestError']);
const SLACKS_REFUSALS = new Set(['invalid_trigger_id', 'view_not_found', 'not_found']);

/** Sends a request as it is, whatever a well-behaved client would make of it. */
function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  const { hostname, port } = new URL(tryOut.appUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('a request to an unknown address', () => {
  it.each([
    ['GET', '/slack/events'],
    ['POST', '/slack/commands'],
    ['GET', `/slack/${'x'.repeat(5_000)}`],
    ['PUT', '/slack/events'],
    ['GET', '//slack/events'],
    ['POST', '/slack/../v1/nothing'],
    ['GET', '/nothing'],
    ['POST', '/webhooks/none'],
    ['GET', '//evil'],
  ])('is answered 404 and logs less than 1 KB and no header: %s %s', async (method, path) => {
    const status = await send(method, path, {
      authorization: `Bearer rk_${'s3cret'.repeat(5)}ab`,
      cookie: 's3cret'.repeat(1_500),
      'x-slack-signature': 'v0=s3cret',
      'x-slack-request-timestamp': '1',
    });
    expect(status).toBe(404);
    const text = lines.join('');
    expect(text.length).toBeLessThan(1_024);
    expect(text).not.toMatch(/s3cret/);
  });
});

const event = (inner: object, change: object = {}): string =>
  JSON.stringify({ type: 'event_callback', team_id: TEAM, event: inner, ...change });
const person = { user: { id: ANA, team_id: TEAM }, team: { id: TEAM } };

describe('a delivery that Slack signed', () => {
  it.each([
    ['app_rate_limited', JSON.stringify({ type: 'app_rate_limited', team_id: TEAM, api_app_id: 'A1' })],
    ['an event that is not asked for', event({ type: 'message', channel: 'C1', text: 'x' })],
    ['an org-wide event', event({ type: 'app_uninstalled' }, { team_id: null, enterprise_id: 'E1' })],
    ['view_closed', interaction({ type: 'view_closed', ...person, view: { id: 'V1', callback_id: 'x' } })],
    ['block_suggestion', interaction({ type: 'block_suggestion', ...person, action_id: 'x', value: 'y' })],
    ['a global shortcut', interaction({ type: 'shortcut', ...person, callback_id: 'x', trigger_id: '1' })],
    ['a message shortcut', interaction({ type: 'message_action', ...person, callback_id: 'x' })],
    ['a workflow step', interaction({ type: 'workflow_step_edit', ...person, callback_id: 'x' })],
    ['a kind that is not invented yet', interaction({ type: 'hologram', ...person })],
    ['another app’s command', `command=%2Fother&team_id=${TEAM}&user_id=${ANA}&text=`],
    ['an unknown button', interaction({ type: 'block_actions', ...person, actions: [{ action_id: 'old' }] })],
    [
      'an unknown button, org-wide',
      interaction({
        type: 'block_actions',
        user: person.user,
        team: null,
        enterprise: { id: 'E1' },
        is_enterprise_install: true,
        actions: [{ action_id: 'old' }],
      }),
    ],
    [
      'an unknown form',
      interaction({
        type: 'view_submission',
        ...person,
        view: { id: 'V1', callback_id: 'old', private_metadata: '', state: { values: {} } },
      }),
    ],
  ])('and that has no listener is answered 200 at once, and is no error: %s', async (_, body) => {
    const startedAt = performance.now();
    const type = body.startsWith('{') ? JSON_TYPE : FORM;
    expect(await sendAsSlack(tryOut, body, type)).toEqual({ status: 200, text: '' });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(errors()).toEqual([]);
  });

  it.each([
    ['an event without its person', event({ type: 'app_home_opened', user: null, tab: 'home' })],
    ['an event that is no object', event([])],
    ['an event with an odd token list', event({ type: 'tokens_revoked', tokens: { bot: 5 } })],
    [
      'a form without values',
      interaction({
        type: 'view_submission',
        ...person,
        view: { id: 'V1', callback_id: 'purchase_form', private_metadata: '' },
      }),
    ],
    [
      'a form whose answers have nowhere to go',
      interaction({
        type: 'view_submission',
        ...person,
        view: { id: 'V1', callback_id: 'purchase_form', private_metadata: '', state: { values: {} } },
        response_urls: [null],
      }),
    ],
    [
      'a button in a channel that is none',
      interaction({ type: 'block_actions', ...person, channel: null, actions: [{ action_id: 'why_show' }] }),
    ],
    ['a button without its name', interaction({ type: 'block_actions', ...person, actions: [{}] })],
    [
      'an event of a workspace whose id cannot be kept',
      event({ type: 'app_home_opened', user: ANA, tab: 'home' }, { team_id: 'T\u0000' }),
    ],
    [
      'a command whose answer has nowhere to go',
      `command=%2Fcredits&team_id=${TEAM}&user_id=${ANA}&text=help&response_url=nowhere`,
    ],
    [
      'a button whose answer has nowhere to go',
      interaction({
        type: 'block_actions',
        ...person,
        response_url: 'file:///etc/passwd',
        actions: [{ action_id: 'why_show', value: '' }],
      }),
    ],
    ['two commands in one', `command=%2Fcredits&command=x&team_id=${TEAM}&user_id=${ANA}`],
  ])('but whose shape is not Slack’s is answered 400: %s', async (_, body) => {
    const type = body.startsWith('{') ? JSON_TYPE : FORM;
    expect((await sendAsSlack(tryOut, body, type)).status).toBe(400);
    expect(errors()).toEqual([]);
  });

  it('and that lacks what it may lack is no error: a command’s text, a button’s place, or the app in the workspace', async () => {
    const opened = (team_id: string) =>
      sendAsSlack(tryOut, event({ type: 'app_home_opened', user: ANA, tab: 'home' }, { team_id }), JSON_TYPE);
    await opened('T0REMOVED1');
    const action = { type: 'button', action_id: 'bundle_buy', value: '' };
    await sendAsSlack(
      tryOut,
      interaction({ type: 'block_actions', ...person, trigger_id: 'none', actions: [action] }),
    );
    await sendAsSlack(tryOut, `command=%2Fcredits&team_id=${TEAM}&user_id=${ANA}`);
    const { driver } = tryOut.sandbox.workspace;
    await driver.eventually(async () => (await driver.messages('ana', 'dm')).length > 1);
    expect(errors()).toEqual([]);
  });

  it('is refused when it is dated ahead of time, or at no time, however well it is signed', async () => {
    const { delivery } = tryOut.sandbox.slack;
    if (delivery.kind !== 'http') throw new Error('over HTTP only');
    const body = `command=%2Fcredits&team_id=${TEAM}&user_id=${ANA}&text=help`;
    const now = Math.floor(Date.now() / 1_000);
    for (const stamp of [
      String(now + 400),
      'Infinity',
      '1e99',
      '+Infinity',
      String(now * 1_000),
      '0x7fffffff',
    ]) {
      const signature = createHmac('sha256', delivery.signingSecret)
        // Bolt signs the number that it reads.
        .update(`v0:${Number(stamp)}:${body}`)
        .digest('hex');
      const headers = {
        'content-type': FORM,
        'x-slack-request-timestamp': stamp,
        'x-slack-signature': `v0=${signature}`,
      };
      expect(await send('POST', '/slack/events', headers, body), stamp).toBe(401);
    }
    expect(
      await send(
        'POST',
        '/slack/events',
        { 'content-type': FORM, ...signedBySlack(tryOut.sandbox, body) },
        body,
      ),
    ).toBe(200);
  });
});

describe('a value that no message or modal of ours holds', () => {
  const values = ['no-such-token', 'a\u0000b', '9'.repeat(19), '__proto__', '\ud800', '{"a":1}'];
  const ids = [...Object.keys(listeners.messageActions), ...Object.keys(listeners.viewActions)];

  it('is told to be out of date, or refused in a sentence, whatever was clicked: nothing fails', async () => {
    // Two values for each, every value for many: 900 clicks would find no more.
    for (const [n, action_id] of ids.entries())
      await Promise.all(
        [values[n % values.length], values[(n + 3) % values.length]].map(async (value) => {
          const answer = await sendAsSlack(
            tryOut,
            interaction({
              type: 'block_actions',
              ...person,
              trigger_id: 'none',
              container: { type: 'message' },
              actions: [{ type: 'button', action_id, value, selected_option: { value } }],
              view: { id: 'V1', callback_id: 'why', private_metadata: value },
            }),
          );
          // A machine that is too busy to answer within Slack's three seconds says 404.
          expect([200, 404], `${action_id} ${JSON.stringify(value)}`).toContain(answer.status);
        }),
      );
    expect(errors()).toEqual([]);
  });

  it('is told to be out of date, or refused in a sentence, whatever was submitted: nothing fails', async () => {
    for (const callback_id of Object.keys(listeners.submissions))
      for (const value of values) {
        const answer = await sendAsSlack(
          tryOut,
          interaction({
            type: 'view_submission',
            ...person,
            view: { id: 'V1', callback_id, private_metadata: value, state: { values: amountOf('1.23') } },
          }),
        );
        expect([200, 404], `${callback_id} ${JSON.stringify(value)}`).toContain(answer.status);
        expect(answer.text).not.toMatch(/Something went wrong/);
      }
    expect(errors()).toEqual([]);
  });
});

it('a click or a form whose id is no text that could be sent back to Slack is refused at the edge', async () => {
  for (const odd of ['\ud800', 'a\u0000b']) {
    const click = {
      type: 'block_actions',
      ...person,
      trigger_id: odd,
      actions: [{ action_id: 'request_open' }],
    };
    const form = {
      type: 'view_submission',
      ...person,
      view: { id: odd, callback_id: 'purchase_form', private_metadata: '', state: { values: {} } },
    };
    for (const sent of [click, form]) expect((await sendAsSlack(tryOut, interaction(sent))).status).toBe(400);
  }
  expect(errors()).toEqual([]);
});

const amountOf = (value: string): object => ({ card_amount: { card_amount: { value } } });

describe('a webhook that the card processor signed', () => {
  const sign = (body: string, at: number): Record<string, string> => {
    const { webhookSecret = '' } = tryOut.sandbox.stripe;
    const hmac = createHmac('sha256', webhookSecret).update(`${at}.${body}`).digest('hex');
    return { 'content-type': JSON_TYPE, 'stripe-signature': `t=${at},v1=${hmac}` };
  };
  const about = (type: string, id: unknown): string =>
    JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object: { id } } });
  const now = (): number => Math.floor(Date.now() / 1_000);

  it.each([
    ['an unknown dispute', about('charge.dispute.created', 'dp_unknown'), 200],
    ['an unknown intent', about('payment_intent.succeeded', 'pi_unknown'), 200],
    ['an unknown invoice', about('invoice.paid', 'in_unknown'), 200],
    ['an unknown card page', about('checkout.session.completed', 'cs_unknown'), 200],
    ['an event that is not asked for', about('balance.available', undefined), 200],
    ['an invoice that is only announced', about('invoice.upcoming', undefined), 200],
    ['an intent whose id has a NUL', about('payment_intent.succeeded', 'pi_\u0000'), 400],
    ['a dispute whose id is a path', about('charge.dispute.closed', '../customers/1'), 400],
    ['an intent without an id', about('payment_intent.succeeded', null), 400],
    ['no event at all', '{}', 400],
    ['a list', '[]', 400],
  ])('is answered as what it is, never with an error of ours: %s', async (_, body, status) => {
    expect(await send('POST', '/webhooks/stripe', sign(body, now()), body)).toBe(status);
    expect(errors()).toEqual([]);
  });

  it('is refused when it is dated more than five minutes ahead', async () => {
    const body = about('payment_intent.succeeded', 'pi_unknown');
    for (const [ahead, status] of [
      [3_600, 401],
      [400, 401],
      [60, 200],
    ] as const)
      expect(await send('POST', '/webhooks/stripe', sign(body, now() + ahead), body)).toBe(status);
  });
});

describe('a body beyond its address’s limit', () => {
  const KIB = 1_024;
  it.each([
    ['the card processor’s', 256 * KIB],
    ['a phone system’s', 256 * KIB],
    ['Slack’s', 1_000_000],
  ])(
    'is refused for its size before any signature is read, and at the limit for its signature: %s',
    async (whose, limit) => {
      const { app, sandbox } = tryOut;
      const { id } = await app.db.company.findFirstOrThrow();
      const deps = { db: app.db, clock: sandbox.clock, secrets: app.secrets };
      const path = {
        'the card processor’s': '/webhooks/stripe',
        'a phone system’s': (await createWebhook(deps, id)).path,
      }[whose];
      const forged = { 'content-type': FORM, 'stripe-signature': 't=1,v1=0', 'x-slack-signature': 'v0=0' };
      const post = (bytes: number) =>
        send('POST', path ?? '/slack/events', { ...forged, ...stamp() }, 'x'.repeat(bytes));
      expect([await post(limit + 1), await post(limit)]).toEqual([413, 401]);
    },
  );
  const stamp = () => ({ 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000)) });
});

describe('a page of somebody else’s, under a name of its own that points to this machine', () => {
  it('reaches neither the app nor the stand-ins of the try-out', async () => {
    const { sandbox } = tryOut;
    const addresses = [
      `${tryOut.appUrl}/health`,
      `${sandbox.slack.apiUrl}auth.test`,
      `${sandbox.stripe.apiUrl}/v1/customers`,
      `${sandbox.pageUrl}/workspace/bootstrap`,
    ];
    for (const address of addresses) {
      const { hostname, port, pathname } = new URL(address);
      const status = await new Promise((resolve, reject) => {
        request({ hostname, port, path: pathname, headers: { host: `evil.example:${port}` } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status, address).toBe(421);
    }
  });
});

describe('what the app shows to everybody', () => {
  it('hides the figures of the business from whoever comes through a proxy', async () => {
    const metrics = (headers: Record<string, string>) => send('GET', '/metrics', headers);
    expect(await metrics({})).toBe(200);
    expect(await metrics({ 'x-forwarded-for': '203.0.113.9' })).toBe(401);
    expect(await metrics({ forwarded: 'for=203.0.113.9' })).toBe(401);
    expect(await send('GET', '/health', { 'x-forwarded-for': '203.0.113.9' })).toBe(200);
  });

  it('keeps the pages out of frames, and their addresses from other sites', async () => {
    const page = await fetch(`${tryOut.appUrl}/billing/return`);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const policy = page.headers.get('content-security-policy') ?? '';
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      expect(policy).toContain(part);
  });
});

it('when signed deliveries came last is recorded, and that some were refused for their signature', async () => {
  const { db } = tryOut.app;
  // Past the minute in which a kind is written once.
  tryOut.sandbox.clock.advance(120_000);
  await db.deliverySeen.deleteMany();
  const body = 'command=%2Fcredits&text=help';
  const signed = signedBySlack(tryOut.sandbox, body);
  const forged = { ...signed, 'x-slack-signature': `${signed['x-slack-signature']?.slice(0, -1)}x` };
  expect(await send('POST', '/slack/events', { 'content-type': FORM, ...forged }, body)).toBe(401);
  expect(
    await send(
      'POST',
      '/webhooks/stripe',
      { 'content-type': JSON_TYPE, 'stripe-signature': 't=1,v1=0' },
      '{}',
    ),
  ).toBe(401);
  // What carries no signature at all is a scanner's, and says nothing about our secrets.
  expect(await send('POST', '/webhooks/stripe', { 'content-type': JSON_TYPE }, '{}')).toBe(401);
  const kinds = async () =>
    (await db.deliverySeen.findMany({ orderBy: { kind: 'asc' } })).map(({ kind }) => kind);
  await expect.poll(kinds).toEqual(['processor_refused', 'slack_refused']);
});
