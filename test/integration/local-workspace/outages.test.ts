import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  APP_TOKEN,
  BOT_TOKEN,
  quietClient,
  refusal,
  SIGNING_SECRET,
  silent,
  startSocketApp,
  startTestWorkspace,
  type TestWorkspace,
} from '../../support/slack-workspace.ts';

const GENERAL = 'C0GENERAL01';
const LI = 'U0LI0000001';
const textsOf = async (workspace: TestWorkspace) =>
  (await workspace.driver.messages('ana', '#general')).map(({ text }) => text);

describe('faults of the Web API', () => {
  let workspace: TestWorkspace;
  let patient: WebClient;
  beforeAll(async () => {
    workspace = await startTestWorkspace();
    const retryConfig = { retries: 2, minTimeout: 10, factor: 1 };
    patient = new WebClient(BOT_TOKEN, { slackApiUrl: workspace.apiUrl, retryConfig, logger: silent });
  });
  afterEach(() => workspace.faults.clear());
  afterAll(() => workspace?.close());

  it('429 says when to come back, and the SDK does', async () => {
    workspace.faults.set({ kind: 'rate-limit', method: 'auth.test', retryAfterSeconds: 1 });
    const began = Date.now();
    expect(await patient.auth.test()).toMatchObject({ ok: true });
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000);
  });

  it('503 before the effect: nothing was posted; after it: a retry posts twice', async () => {
    const { client, faults } = workspace;
    faults.set({ kind: 'unavailable', method: 'chat.postMessage', when: 'before' });
    await expect(client.chat.postMessage({ channel: 'C0ADMINS001', text: 'lost' })).rejects.toThrow();
    expect((await workspace.driver.messages('ana', '#admins')).map(({ text }) => text)).not.toContain('lost');
    faults.set({ kind: 'unavailable', method: 'chat.postMessage', when: 'after' });
    await patient.chat.postMessage({ channel: GENERAL, text: 'doubled' });
    expect((await textsOf(workspace)).filter((text) => text === 'doubled')).toHaveLength(2);
  });

  it('a broken connection may have had its effect', async () => {
    const { client, faults } = workspace;
    faults.set({ kind: 'drop', method: '*', when: 'after' });
    const direct = { channel: 'U0ANA000001', text: 'arrived' };
    await expect(client.chat.postMessage(direct)).rejects.toThrow();
    expect((await workspace.driver.messages('ana', 'dm')).at(-1)?.text).toBe('arrived');
    faults.set({ kind: 'drop', method: '*', when: 'before' });
    await expect(client.auth.test()).rejects.toThrow();
    expect(await client.auth.test()).toMatchObject({ ok: true });
  });

  it('slow answers, and errors by name', async () => {
    const { client, faults } = workspace;
    faults.set({ kind: 'slow', method: 'auth.test', until: sleep(150) });
    const began = Date.now();
    await client.auth.test();
    expect(Date.now() - began).toBeGreaterThanOrEqual(149);
    faults.set({ kind: 'error', method: 'auth.test', error: 'fatal_error', times: 2 });
    expect((await refusal(client.auth.test())).error).toBe('fatal_error');
    expect((await refusal(client.auth.test())).error).toBe('fatal_error');
    expect(await client.auth.test()).toMatchObject({ ok: true });
  });

  it('a network that is down answers nothing until it is back', async () => {
    const { client, faults } = workspace;
    faults.set({ kind: 'all-down' });
    await expect(client.auth.test()).rejects.toThrow();
    faults.setAllDown(false);
    expect(await client.auth.test()).toMatchObject({ ok: true });
  });

  it('one post a second a channel, when told to be that strict', async () => {
    const strict = await startTestWorkspace({ limitPosts: true });
    const quick = new WebClient(BOT_TOKEN, {
      slackApiUrl: strict.apiUrl,
      rejectRateLimitedCalls: true,
      logger: silent,
    });
    const post = (channel: string) => quick.chat.postMessage({ channel, text: 'x' });
    const outcomes = await Promise.allSettled([post(LI), post(LI), post('C0ADMINS001')]);
    await strict.close();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });
});

describe('deliveries over HTTP', () => {
  let workspace: TestWorkspace;
  let server: Server;
  const received: { headers: IncomingHttpHeaders; body: string; at: number }[] = [];
  let answer: (count: number) => { status: number; body?: string; delayMs?: number } = () => ({
    status: 200,
  });

  beforeAll(async () => {
    workspace = await startTestWorkspace({ appTimeoutMs: 1_500, eventRetryDelaysMs: [0, 30, 60] });
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ headers: request.headers, body, at: Date.now() });
        const { status, body: content = '', delayMs = 0 } = answer(received.length);
        setTimeout(() => response.writeHead(status).end(content), delayMs);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    workspace.appUrl.current = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    received.length = 0;
    answer = () => ({ status: 200 });
  });
  afterAll(async () => {
    await workspace?.close();
    server?.close();
  });

  it('are signed over timestamp and raw body', async () => {
    await workspace.driver.command('ana', '#general', '/test a b&c=d');
    const [{ headers, body }] = received as [(typeof received)[number]];
    const timestamp = String(headers['x-slack-request-timestamp']);
    const expected = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
    expect(headers['x-slack-signature']).toBe(`v0=${expected}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(120);
    const fields = Object.fromEntries(new URLSearchParams(body));
    expect(fields).toMatchObject({
      command: '/test',
      text: 'a b&c=d',
      user_name: 'ana',
      channel_name: 'general',
    });
    expect(fields.trigger_id).toMatch(/^\d+\.\d+\.[0-9a-f]{32}$/);
  });

  it('say what Slack says when the app is late, errs or talks nonsense', async () => {
    const give = () => workspace.driver.command('ana', '#general', '/test');
    answer = () => ({ status: 200, delayMs: 2_000 });
    expect(await give()).toEqual({ ok: false, toast: '/test failed because the app did not respond.' });
    answer = () => ({ status: 500 });
    expect(await give()).toEqual({ ok: false, toast: '/test failed with the error "dispatch_failed"' });
    answer = () => ({ status: 200, body: 'plain words' });
    expect(await give()).toEqual({ ok: true });
    expect((await textsOf(workspace)).at(-1)).toBe('plain words');
  });

  it('of events are repeated with number and reason until acknowledged', async () => {
    answer = (count) => (count < 3 ? { status: 500 } : { status: 200 });
    await workspace.driver.openHome('ana');
    await workspace.driver.eventually(
      async () => (await workspace.driver.deliveries()).at(-1)?.outcome === 'acknowledged',
    );
    expect(
      received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
    ).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
    ]);
    const ids = received.map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id);
    expect(new Set(ids).size).toBe(1);
  });

  it('may arrive twice at once', async () => {
    workspace.faults.set({ kind: 'duplicate-delivery' });
    await workspace.driver.command('ana', '#general', '/test');
    await workspace.driver.eventually(async () => received.length === 2);
    expect(received[0]?.body).toBe(received[1]?.body);
  });

  it('outlive a restart of the workspace', async () => {
    const { database } = workspace;
    answer = () => ({ status: 500 });
    await workspace.client.chat.postMessage({ channel: GENERAL, text: 'kept' });
    const dying = await startTestWorkspace({ database, eventRetryDelaysMs: [60_000] });
    dying.appUrl.current = workspace.appUrl.current;
    await dying.driver.openHome('li');
    await dying.driver.eventually(async () => (await dying.driver.deliveries()).at(-1)?.attempts === 1);
    await dying.close();
    answer = () => ({ status: 200 });
    const risen = await startTestWorkspace({ database, delivery: deliveryTo(workspace) });
    await risen.driver.eventually(
      async () => (await risen.driver.deliveries()).at(-1)?.outcome === 'acknowledged',
    );
    expect(await textsOf(risen)).toContain('kept');
    const posted = await risen.client.chat.postMessage({ channel: GENERAL, text: 'after' });
    const stamps = (await risen.driver.messages('ana', '#general')).map(({ ts }) => ts);
    expect(stamps.at(-1)).toBe(posted.ts);
    expect(new Set(stamps).size).toBe(stamps.length);
    await risen.close();
  });
});

const deliveryTo = (workspace: TestWorkspace) => ({
  kind: 'http' as const,
  url: () => workspace.appUrl.current,
  signingSecret: SIGNING_SECRET,
});

describe('Socket Mode', () => {
  it('survives a refresh and a lost network', async () => {
    const workspace = await startTestWorkspace({ delivery: { kind: 'socket' } });
    const bolt = await startSocketApp(workspace);
    bolt.app.command('/test', async ({ ack }) => ack('heard'));
    const { driver, faults } = workspace;
    const heard = async () => (await driver.command('ana', '#general', '/test')).ok;
    expect(await heard()).toBe(true);
    workspace.refreshSockets();
    await driver.eventually(heard);
    faults.set({ kind: 'all-down' });
    expect(await heard()).toBe(false);
    faults.clear();
    await bolt.close();
    await workspace.close();
  });

  it('gives each connection an address of its own, to the app token only', async () => {
    const workspace = await startTestWorkspace({ delivery: { kind: 'socket' } });
    expect((await refusal(workspace.client.apps.connections.open())).error).toBe('not_allowed_token_type');
    const { url = '' } = await quietClient(workspace.apiUrl, APP_TOKEN).apps.connections.open();
    const connect = () =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.once('message', (data) => {
          socket.close();
          resolve(String(data));
        });
        socket.once('error', () => resolve('refused'));
      });
    expect(JSON.parse(await connect())).toMatchObject({ type: 'hello', num_connections: 1 });
    expect(await connect()).toBe('refused');
    await workspace.close();
  });

  it('is not offered where deliveries go over HTTP', async () => {
    const workspace = await startTestWorkspace();
    const open = quietClient(workspace.apiUrl, APP_TOKEN).apps.connections.open();
    expect((await refusal(open)).error).toBe('socket_mode_not_enabled');
    await workspace.close();
  });
});
