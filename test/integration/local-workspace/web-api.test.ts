import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APP_TOKEN,
  BOT_TOKEN,
  plain,
  quietClient,
  refusal,
  SCOPES,
  startTestWorkspace,
  type TestWorkspace,
} from '../../support/slack-workspace.ts';

const GENERAL = 'C0GENERAL01';
const ANA = 'U0ANA000001';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await startTestWorkspace();
});
afterAll(() => workspace?.close());

/** A call without the SDK, for what the SDK would never send. */
async function raw(method: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const response = await fetch(`${workspace.apiUrl}${method}`, { method: 'POST', ...init });
  return (await response.json()) as Record<string, unknown>;
}

describe('tokens and scopes', () => {
  it('knows the app by its token, in the header or in the body', async () => {
    expect(await workspace.client.auth.test()).toMatchObject({
      ok: true,
      user_id: 'U0BOT000001',
      team: 'Test Works',
    });
    const form = new URLSearchParams({ token: BOT_TOKEN });
    expect(await raw('auth.test', { body: form })).toMatchObject({ ok: true });
  });

  it('refuses calls without a token, with a wrong one, and with one of the wrong kind', async () => {
    expect(await raw('auth.test')).toEqual({ ok: false, error: 'not_authed' });
    const wrong = quietClient(workspace.apiUrl, 'xoxb-wrong');
    expect(await refusal(wrong.auth.test())).toMatchObject({ error: 'invalid_auth' });
    const app = quietClient(workspace.apiUrl, APP_TOKEN);
    expect(await refusal(app.chat.postMessage({ channel: GENERAL, text: 'x' }))).toMatchObject({
      error: 'not_allowed_token_type',
    });
    expect(await refusal(workspace.client.apps.connections.open())).toMatchObject({
      error: 'not_allowed_token_type',
    });
  });

  it('grants exactly the manifest’s scopes, and says what is needed and provided', async () => {
    expect((await refusal(workspace.client.team.info())).data).toMatchObject({
      error: 'missing_scope',
      needed: 'team:read',
      provided: SCOPES.join(','),
    });
    expect((await refusal(workspace.client.conversations.join({ channel: GENERAL }))).error).toBe(
      'missing_scope',
    );
    const types = 'public_channel,private_channel';
    expect((await refusal(workspace.client.conversations.list({ types }))).data).toMatchObject({
      error: 'missing_scope',
      needed: 'groups:read',
    });
  });

  it('does not know methods that it does not imitate', async () => {
    expect(
      await refusal(workspace.client.reactions.add({ channel: GENERAL, timestamp: '1.1', name: 'x' })),
    ).toMatchObject({ error: 'unknown_method' });
  });

  it('hides e-mail addresses without the scope', async () => {
    const { user } = await workspace.client.users.info({ user: ANA });
    expect(user).toMatchObject({ id: ANA, real_name: 'Ana Ng', is_admin: true, tz: 'America/Los_Angeles' });
    expect(user?.profile).not.toHaveProperty('email');
  });
});

describe('encodings', () => {
  it('takes JSON as well as forms, and warns of a missing charset', async () => {
    const headers = { authorization: `Bearer ${BOT_TOKEN}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ channel: GENERAL, blocks: [{ type: 'divider' }], text: 'in JSON' });
    expect(await raw('chat.postMessage', { headers, body })).toMatchObject({
      ok: true,
      warning: 'missing_charset',
    });
    const multipart = new FormData();
    multipart.set('channel', GENERAL);
    multipart.set('text', 'in parts');
    const authorization = { authorization: headers.authorization };
    expect(await raw('chat.postMessage', { headers: authorization, body: multipart })).toMatchObject({
      ok: true,
    });
    expect(await raw('chat.postMessage', { headers, body: 'not JSON' })).toMatchObject({
      error: 'invalid_json',
    });
  });
});

describe('messages', () => {
  it('carry a timestamp of their own, ever rising, of the one clock', async () => {
    const { client, clock } = workspace;
    const posts = await Promise.all(
      Array.from({ length: 10 }, (_, i) => client.chat.postMessage({ channel: GENERAL, text: `n${i}` })),
    );
    const stamps = posts.map(({ ts }) => ts ?? '');
    expect(new Set(stamps).size).toBe(10);
    for (const ts of stamps) expect(ts).toMatch(/^\d{10}\.\d{6}$/);
    clock.advance(3_600_000);
    const { ts } = await client.chat.postMessage({ channel: GENERAL, text: 'later' });
    expect(Number(ts) - Number(stamps[0])).toBeGreaterThanOrEqual(3600);
  });

  it('are refused with the reason and the place', async () => {
    const { client } = workspace;
    const blocks = [{ type: 'section' as const, text: plain('x'.repeat(3001)) }];
    expect(await refusal(client.chat.postMessage({ channel: GENERAL, text: 'x', blocks }))).toMatchObject({
      error: 'invalid_blocks',
      messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
      data: { errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'] },
    });
    const refusedOf = async (args: { channel: string; text: string }) =>
      (await refusal(client.chat.postMessage(args))).error;
    expect(await refusedOf({ channel: GENERAL, text: '' })).toBe('no_text');
    expect(await refusedOf({ channel: 'C0NOWHERE', text: 'x' })).toBe('channel_not_found');
    expect(await refusedOf({ channel: 'C0NOAPP0001', text: 'x' })).toBe('not_in_channel');
    expect(await refusedOf({ channel: 'G0SECRET001', text: 'x' })).toBe('channel_not_found');
    expect(await refusedOf({ channel: GENERAL, text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await client.chat.postMessage({ channel: GENERAL, text: 'x'.repeat(40_000) })).toMatchObject({
      ok: true,
    });
    const broken = { channel: GENERAL, text: 'x', blocks: 'not blocks' };
    expect((await refusal(client.apiCall('chat.postMessage', broken))).error).toBe('invalid_blocks_format');
  });

  it('reach a person by id, a channel by name', async () => {
    const { client, driver } = workspace;
    const direct = await client.chat.postMessage({ channel: ANA, text: 'just for you' });
    expect(direct.channel).toMatch(/^D/);
    expect((await driver.messages('ana', 'dm')).at(-1)).toMatchObject({
      text: 'just for you',
      ephemeral: false,
    });
    expect(await client.conversations.open({ users: ANA })).toMatchObject({
      channel: { id: direct.channel },
    });
    expect(await client.chat.postMessage({ channel: '#general', text: 'x' })).toMatchObject({
      channel: GENERAL,
    });
  });

  it('are changed and removed by their writer only', async () => {
    const { client, driver } = workspace;
    const blocks = [{ type: 'divider' as const }];
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'first', blocks });
    await client.chat.update({ channel: GENERAL, ts, text: 'second' });
    expect((await driver.messages('ana', '#general')).at(-1)).toMatchObject({
      ts,
      text: 'second',
      edited: true,
      blocks: [{ type: 'divider' }],
    });
    await client.chat.delete({ channel: GENERAL, ts });
    expect((await refusal(client.chat.update({ channel: GENERAL, ts, text: 'x' }))).error).toBe(
      'message_not_found',
    );
    await driver.say('ana', '#general', 'mine');
    const mine = (await driver.messages('ana', '#general')).at(-1)?.ts ?? '';
    expect((await refusal(client.chat.update({ channel: GENERAL, ts: mine, text: 'x' }))).error).toBe(
      'cant_update_message',
    );
    expect((await refusal(client.chat.delete({ channel: GENERAL, ts: mine }))).error).toBe(
      'cant_delete_message',
    );
  });

  it('for one person are seen by that person alone', async () => {
    const { client, driver } = workspace;
    const { message_ts: ts = '' } = await client.chat.postEphemeral({
      channel: GENERAL,
      user: ANA,
      text: 'psst',
    });
    expect((await driver.messages('ana', '#general')).at(-1)).toMatchObject({ ts, ephemeral: true });
    expect((await driver.messages('li', '#general')).some((message) => message.ts === ts)).toBe(false);
    expect((await refusal(client.chat.update({ channel: GENERAL, ts, text: 'x' }))).error).toBe(
      'message_not_found',
    );
    await driver.dismiss('ana', '#general', ts);
    expect((await driver.messages('ana', '#general')).some((message) => message.ts === ts)).toBe(false);
    const toStranger = { channel: 'C0ADMINS001', user: 'U0LI0000001', text: 'psst' };
    expect((await refusal(client.chat.postEphemeral(toStranger))).error).toBe('user_not_in_channel');
  });
});

describe('files', () => {
  it('are announced, uploaded and completed once, then downloaded from the channel', async () => {
    const { client, driver, pageUrl } = workspace;
    await client.filesUploadV2({
      channel_id: GENERAL,
      filename: 'usage.csv',
      file: Buffer.from('a,b\n1,2\n'),
      initial_comment: 'Your export',
    });
    const message = (await driver.messages('ana', '#general')).at(-1);
    expect(message).toMatchObject({ text: 'Your export', files: [{ name: 'usage.csv', size: 8 }] });
    const download = await fetch(`${pageUrl}${message?.files[0]?.url}`);
    expect(await download.text()).toBe('a,b\n1,2\n');
    const again = client.files.completeUploadExternal({ files: [{ id: message?.files[0]?.id ?? '' }] });
    expect((await refusal(again)).error).toBe('file_already_completed');
  });

  it('must be as long as announced', async () => {
    const { client } = workspace;
    expect((await refusal(client.files.getUploadURLExternal({ filename: 'a', length: 0 }))).error).toBe(
      'invalid_arguments',
    );
    const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
      filename: 'a',
      length: 5,
    });
    expect((await fetch(url, { method: 'POST', body: 'four' })).status).toBe(400);
    expect((await refusal(client.files.completeUploadExternal({ files: [{ id }] }))).error).toBe(
      'file_not_found',
    );
  });
});

// Last, as it archives a channel.
describe('posts', () => {
  it('are refused in a channel that the app was removed from, and in one that was archived', async () => {
    const { client, driver } = workspace;
    const { channel } = await client.conversations.info({ channel: 'C0ADMINS001' });
    expect(channel?.is_archived).toBe(false);
    await driver.command('ana', '#admins', '/remove @Tester');
    const post = () => refusal(client.chat.postMessage({ channel: 'C0ADMINS001', text: 'x' }));
    expect((await post()).error).toBe('not_in_channel');
    await driver.command('ana', '#admins', '/invite @Tester');
    expect(await client.chat.postMessage({ channel: 'C0ADMINS001', text: 'x' })).toMatchObject({ ok: true });
    await driver.command('li', '#general', '/leave');
    expect((await client.conversations.members({ channel: GENERAL })).members).not.toContain('U0LI0000001');
    await driver.command('ana', '#admins', '/archive');
    expect((await post()).error).toBe('is_archived');
    expect(await client.conversations.info({ channel: 'C0ADMINS001' })).toMatchObject({
      channel: { is_archived: true },
    });
    const open = await client.conversations.list({ exclude_archived: true });
    expect(open.channels?.map(({ id }) => id)).not.toContain('C0ADMINS001');
  });
});
