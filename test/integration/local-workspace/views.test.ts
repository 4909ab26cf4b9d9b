import type { App } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  plain,
  refusal,
  startHttpApp,
  startTestWorkspace,
  type TestWorkspace,
  unique,
} from '../../support/slack-workspace.ts';

let workspace: TestWorkspace;
let bolt: { app: App; close(): Promise<void> };
let triggers: string[] = [];

beforeAll(async () => {
  workspace = await startTestWorkspace();
  bolt = await startHttpApp(workspace);
  bolt.app.command('/test', async ({ ack, command }) => {
    await ack();
    triggers.push(command.trigger_id);
  });
  bolt.app.view(/.*/, async ({ ack, body }) => {
    if ('trigger_id' in body) triggers.push(body.trigger_id);
    await ack({ response_action: 'errors', errors: { name: 'stay' } });
  });
  bolt.app.action(/.*/, async ({ ack, body }) => {
    await ack();
    if ('trigger_id' in body) triggers.push(body.trigger_id);
  });
});
afterAll(async () => {
  await bolt?.close();
  await workspace?.close();
});

const view = (fields: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'c',
  title: plain('Title'),
  submit: plain('Go'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: plain('Name'),
      element: { type: 'plain_text_input' as const, action_id: 'input' },
    },
    {
      type: 'actions' as const,
      elements: [{ type: 'button' as const, action_id: 'more', text: plain('More') }],
    },
  ],
  ...fields,
});

async function trigger(user = 'ana'): Promise<string> {
  triggers = [];
  await workspace.driver.command(user, '#general', '/test');
  return triggers[0] ?? '';
}

describe('triggers', () => {
  it('open one modal, once', async () => {
    const { client } = workspace;
    const id = await trigger();
    const opened = await client.views.open({ trigger_id: id, view: view() });
    expect(opened.view).toMatchObject({ type: 'modal', callback_id: 'c', root_view_id: opened.view?.id });
    expect((await refusal(client.views.open({ trigger_id: id, view: view() }))).error).toBe(
      'exchanged_trigger_id',
    );
    expect((await refusal(client.views.open({ trigger_id: '1.2.abc', view: view() }))).error).toBe(
      'invalid_trigger_id',
    );
  });

  it('last three seconds', async () => {
    const { client, clock } = workspace;
    const early = await trigger();
    clock.advance(1_500);
    expect(await client.views.open({ trigger_id: early, view: view() })).toMatchObject({ ok: true });
    const late = await trigger();
    clock.advance(3_001);
    expect((await refusal(client.views.open({ trigger_id: late, view: view() }))).error).toBe(
      'expired_trigger_id',
    );
  });

  it('are not spent on a view that is refused', async () => {
    const { client } = workspace;
    const id = await trigger();
    expect(
      await refusal(client.views.open({ trigger_id: id, view: view({ title: plain('x'.repeat(25)) }) })),
    ).toMatchObject({
      error: 'invalid_arguments',
      messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
    });
    expect(await client.views.open({ trigger_id: id, view: view() })).toMatchObject({ ok: true });
  });

  it('push a modal only from within one', async () => {
    const { client, driver } = workspace;
    await client.views.open({ trigger_id: await trigger(), view: view() });
    expect((await refusal(client.views.push({ trigger_id: await trigger(), view: view() }))).error).toBe(
      'not_found',
    );
    const [open] = await driver.views('ana');
    await driver.click('ana', { kind: 'view', viewId: open?.id ?? '' }, { label: 'More' });
    const pushed = await client.views.push({ trigger_id: triggers.at(-1) ?? '', view: view() });
    expect(pushed.view).toMatchObject({ root_view_id: open?.id, previous_view_id: open?.id });
    for (const expected of ['ok', 'push_limit_reached']) {
      await driver.submit('ana', { input: 'x' });
      const push = client.views.push({ trigger_id: triggers.at(-1) ?? '', view: view() });
      expect(expected === 'ok' ? (await push).ok && 'ok' : (await refusal(push)).error).toBe(expected);
    }
    await driver.close('ana', { all: true });
    expect(await driver.views('ana')).toEqual([]);
  });
});

describe('updates', () => {
  it('are refused when somebody else was faster', async () => {
    const { client } = workspace;
    const { view: opened } = await client.views.open({ trigger_id: await trigger(), view: view() });
    const at = { view_id: opened?.id ?? '', hash: opened?.hash ?? '' };
    const updated = await client.views.update({ ...at, view: view({ title: plain('New') }) });
    expect(updated.view?.hash).not.toBe(opened?.hash);
    expect((await refusal(client.views.update({ ...at, view: view() }))).error).toBe('hash_conflict');
  });

  it('keep what was typed under the same ids', async () => {
    const { client, driver } = workspace;
    const { view: opened } = await client.views.open({ trigger_id: await trigger(), view: view() });
    await driver.submit('ana', { input: 'typed' });
    await client.views.update({ view_id: opened?.id ?? '', view: view({ title: plain('Again') }) });
    expect((await driver.views('ana'))[0]?.state).toMatchObject({ name: { input: { value: 'typed' } } });
  });

  it('find a view by its external id, which no other view may have', async () => {
    const { client, driver } = workspace;
    const externalId = unique('ext');
    await client.views.open({ trigger_id: await trigger('li'), view: view({ external_id: externalId }) });
    const again = client.views.open({ trigger_id: await trigger(), view: view({ external_id: externalId }) });
    expect((await refusal(again)).error).toBe('duplicate_external_id');
    await client.views.update({
      external_id: externalId,
      view: view({ external_id: externalId, title: plain('Found') }),
    });
    expect((await driver.views('li'))[0]?.title).toBe('Found');
    const both = { external_id: externalId, view_id: 'V1', view: view() };
    expect((await refusal(client.apiCall('views.update', both))).messages).toEqual([
      '[ERROR] Cannot provide both `view_id` and `external_id`',
    ]);
    await driver.close('li');
    expect((await refusal(client.views.update({ external_id: externalId, view: view() }))).error).toBe(
      'not_found',
    );
  });

  it('refuse a view over 250 kB', async () => {
    const text = 'x'.repeat(3000);
    const blocks = Array.from({ length: 100 }, () => ({ type: 'section' as const, text: plain(text) }));
    const open = workspace.client.views.open({ trigger_id: await trigger(), view: view({ blocks }) });
    expect((await refusal(open)).error).toBe('view_too_large');
  });
});

describe('response urls', () => {
  const post = (url: string, body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
  async function responseUrl(): Promise<string> {
    await workspace.driver.command('ana', '#general', '/test');
    const { body } = (await workspace.driver.deliveries()).at(-1) ?? {};
    return String(body?.response_url);
  }

  it('may be used five times', async () => {
    const url = await responseUrl();
    for (let use = 1; use <= 5; use += 1) expect((await post(url, { text: `use ${use}` })).status).toBe(200);
    const sixth = await post(url, { text: 'use 6' });
    expect(sixth.status).toBe(404);
    expect(await sixth.json()).toMatchObject({ error: 'used_url' });
    const texts = (await workspace.driver.messages('ana', '#general')).slice(-5).map(({ text }) => text);
    expect(texts).toEqual(['use 1', 'use 2', 'use 3', 'use 4', 'use 5']);
    expect((await workspace.driver.messages('li', '#general')).some(({ text }) => text === 'use 5')).toBe(
      false,
    );
  });

  it('may be used for thirty minutes', async () => {
    const url = await responseUrl();
    workspace.clock.advance(30 * 60_000 - 2_000);
    expect((await post(url, { text: 'in time' })).status).toBe(200);
    workspace.clock.advance(2_001);
    expect((await post(url, { text: 'too late' })).status).toBe(404);
  });

  it('replace and delete the message that was clicked', async () => {
    const { client, driver } = workspace;
    const blocks = [
      { type: 'actions' as const, elements: [{ type: 'button' as const, text: plain('Press') }] },
    ];
    const ephemeral = { channel: 'C0GENERAL01', user: 'U0ANA000001', text: 'pick', blocks };
    const { message_ts: ts = '' } = await client.chat.postEphemeral(ephemeral);
    const container = { kind: 'message' as const, conversationId: 'C0GENERAL01', ts };
    const url = async () => {
      expect(await driver.click('ana', container, { label: 'Press' })).toEqual({ ok: true });
      const { body } = (await driver.deliveries()).at(-1) ?? {};
      expect(body).toMatchObject({ container: { is_ephemeral: true } });
      expect(body).not.toHaveProperty('message');
      return String(body?.response_url);
    };
    const found = async () => (await driver.messages('ana', '#general')).find((message) => message.ts === ts);
    await post(await url(), { replace_original: true, text: 'picked', blocks });
    expect(await found()).toMatchObject({ text: 'picked', ephemeral: true });
    await post(await url(), { delete_original: true });
    expect(await found()).toBeUndefined();
    const refused = await post(await responseUrl(), { blocks: [{ type: 'sparkle' }] });
    expect(refused.status).toBe(400);
  });
});
