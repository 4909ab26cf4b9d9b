import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NoticeFacts } from '../../../src/notices/index.ts';
import { createNoticeSender } from '../../../src/slack/notices/send-notice.ts';

let server: Server;
let client: WebClient;
/** What Slack answers to each method, and what it was asked. */
let refusals: Record<string, string> = {};
let asked: string[] = [];
let knowsNoCharts = false;
const JSON_TYPE = { 'content-type': 'application/json' };

beforeAll(async () => {
  server = createServer((request, response) => {
    const method = (request.url ?? '').replace('/', '');
    asked.push(method);
    const error = refusals[method];
    const body = error === undefined ? { ok: true, channel: 'D1', ts: '2.2' } : { ok: false, error };
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (knowsNoCharts && Buffer.concat(chunks).toString().includes('data_visualization'))
        return response.writeHead(200, JSON_TYPE).end(JSON.stringify({ ok: false, error: 'invalid_blocks' }));
      return response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new WebClient('xoxb-1', {
    slackApiUrl: `http://127.0.0.1:${port}/`,
    retryConfig: { retries: 0 },
  });
});
afterAll(() => void server.close());
beforeEach(() => {
  refusals = {};
  asked = [];
});

const FACTS: NoticeFacts = {
  kind: 'dispute',
  invoice: null,
  state: 'open',
  amount: '5.00',
  receipt: 'R-1',
  at: '2026-11-20T09:30:00.000Z',
  timeZone: 'UTC',
};
const send = (messageTs: string | null, facts: NoticeFacts = FACTS) =>
  createNoticeSender({ clientFor: async () => client })({
    teamId: 'T1',
    channelId: 'C1',
    facts,
    messageTs,
  });

describe('what Slack refuses a notice with', () => {
  it.each([
    ...[
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'missing_scope',
      'invalid_blocks',
      'msg_too_long',
    ],
    ...['restricted_action_read_only_channel', 'no_permission', 'token_expired', 'messages_tab_disabled'],
    ...['cannot_dm_bot', 'user_not_found', 'team_not_found', 'no_text', 'invalid_arguments', 'thread_locked'],
    ...['not_allowed_token_type', 'deprecated_endpoint', 'too_many_attachments', 'markdown_text_conflict'],
    ...['slack_connect_file_link_sharing_blocked', 'invalid_metadata_format', 'a_code_of_next_year'],
  ])('%s ends it: asking again is answered the same, to a new message and to an edit', async (error) => {
    refusals = { 'chat.postMessage': error, 'chat.update': error };
    for (const ts of [null, '1.1'])
      await expect(send(ts)).rejects.toMatchObject({ message: error, permanent: true });
    expect(asked).toEqual(['chat.postMessage', 'chat.update']);
  });

  it.each(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])(
    '%s passes, and it is sent again later',
    async (error) => {
      refusals = { 'chat.postMessage': error, 'chat.update': error };
      for (const ts of [null, '1.1'])
        await expect(send(ts)).rejects.toMatchObject({ message: error, permanent: false });
    },
  );

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    '%s to an edit: it is said in a new message',
    async (error) => {
      refusals = { 'chat.update': error };
      expect(await send('1.1')).toEqual({ ts: '2.2', channelId: 'D1' });
      expect(asked).toEqual(['chat.update', 'chat.postMessage']);
    },
  );

  it('of a new message that cannot be posted either, the second refusal counts', async () => {
    refusals = { 'chat.update': 'message_not_found', 'chat.postMessage': 'is_archived' };
    await expect(send('1.1')).rejects.toMatchObject({ message: 'is_archived', permanent: true });
    refusals = { 'chat.update': 'message_not_found', 'chat.postMessage': 'internal_error' };
    await expect(send('1.1')).rejects.toMatchObject({ message: 'internal_error', permanent: false });
  });
});

describe('a workspace that knows no charts yet', () => {
  it('gets a digest without its chart, posted or edited, and no other message twice', async () => {
    knowsNoCharts = true;
    const spend = { cost: '26', before: '16' };
    const digest: NoticeFacts = {
      kind: 'digest',
      every: 'week',
      from: '2026-11-23T08:00:00.000Z',
      to: '2026-11-30T08:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      ...spend,
      kinds: [{ category: 'international', ...spend }],
      offices: [],
      movers: [],
      runway: null,
      overdrawn: [],
      waiting: { approvals: 0, requests: 0, pausedRecharges: 0 },
    };
    expect(await send(null, digest)).toEqual({ ts: '2.2', channelId: 'D1' });
    expect(await send('1.1', digest)).toEqual({ ts: '2.2', channelId: 'D1' });
    expect(await send(null)).toEqual({ ts: '2.2', channelId: 'D1' });
    expect(asked).toEqual([
      'chat.postMessage',
      'chat.postMessage',
      'chat.update',
      'chat.update',
      'chat.postMessage',
    ]);
  });
});
