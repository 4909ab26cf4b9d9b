import type { App } from '@slack/bolt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';
import {
  plain,
  startHttpApp,
  startSocketApp,
  startTestWorkspace,
  type TestWorkspace,
} from '../../support/slack-workspace.ts';

/** A small app as people write them: a command, a modal, a message that is updated in place, a Home tab. */
function teach(app: App, seen: Record<string, unknown>[]): void {
  app.command('/test', async ({ command, ack, client }) => {
    if (command.text === 'late') return;
    if (command.text === 'open') {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: form });
      return;
    }
    await ack({
      text: `you said ${command.text}`,
      response_type: command.text === 'loud' ? 'in_channel' : 'ephemeral',
    });
  });
  app.view({ callback_id: 'form', type: 'view_submission' }, async ({ ack, view, body, client }) => {
    const name = view.state.values.name?.input?.value ?? '';
    seen.push({ state: view.state.values, privateMetadata: view.private_metadata, user: body.user.id });
    if (name === 'bad') return ack({ response_action: 'errors', errors: { name: 'No such name.' } });
    if (name === 'next')
      return ack({ response_action: 'update', view: { ...form, title: plain('Second step') } });
    if (name === 'over') return ack({ response_action: 'push', view: { ...form, title: plain('On top') } });
    if (name === 'done') return ack({ response_action: 'clear' });
    await ack();
    await client.chat.postMessage({ channel: 'C0GENERAL01', text: `hello ${name}`, blocks: greeting(name) });
  });
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack, body }) => {
    await ack();
    seen.push({ closed: true, cleared: 'is_cleared' in body && body.is_cleared });
  });
  app.action('wave', async ({ ack, body, client, action }) => {
    await ack();
    seen.push({ action, container: 'container' in body ? body.container : undefined });
    if (body.type !== 'block_actions' || body.channel === undefined || body.message === undefined) return;
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'waved', blocks: [] });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'section', text: plain('Welcome home') }] },
    });
  });
}

const form = {
  type: 'modal' as const,
  callback_id: 'form',
  private_metadata: 'kept',
  notify_on_close: true,
  title: plain('A form'),
  submit: plain('Go'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'name',
      label: plain('Name'),
      element: { type: 'plain_text_input' as const, action_id: 'input' },
    },
    {
      type: 'input' as const,
      block_id: 'size',
      label: plain('Size'),
      element: {
        type: 'static_select' as const,
        action_id: 'choice',
        options: [
          { text: plain('Small'), value: 's' },
          { text: plain('Large'), value: 'l' },
        ],
        initial_option: { text: plain('Large'), value: 'l' },
      },
    },
  ],
};

const greeting = (name: string) => [
  { type: 'section' as const, text: plain(`hello ${name}`) },
  {
    type: 'actions' as const,
    elements: [{ type: 'button' as const, action_id: 'wave', text: plain('Wave back'), value: 'v1' }],
  },
];

describe.each(['http', 'socket'] as const)('a Bolt app over %s', (kind) => {
  let workspace: TestWorkspace;
  let bolt: { app: App; close(): Promise<void> };
  const seen: Record<string, unknown>[] = [];

  beforeAll(async () => {
    workspace = await startTestWorkspace(
      kind === 'socket' ? { delivery: { kind: 'socket' }, appTimeoutMs: 600 } : { appTimeoutMs: 600 },
    );
    bolt = await (kind === 'http' ? startHttpApp : startSocketApp)(workspace);
    teach(bolt.app, seen);
  });
  afterAll(async () => {
    await bolt?.close();
    await workspace?.close();
  });

  it('answers a command privately unless it says otherwise', async () => {
    const { driver } = workspace;
    expect(await driver.command('ana', '#general', '/test hi there')).toEqual({ ok: true });
    const last = (await driver.messages('ana', '#general')).at(-1);
    expect(last).toMatchObject({ text: 'you said hi there', ephemeral: true, userId: 'U0BOT000001' });
    expect((await driver.messages('li', '#general')).some(({ text }) => text === last?.text)).toBe(false);
    await driver.command('ana', '#general', '/test loud');
    expect((await driver.messages('li', '#general')).at(-1)).toMatchObject({
      text: 'you said loud',
      ephemeral: false,
    });
  });

  it('says what Slack says of unknown commands, of other people’s channels and of silence', async () => {
    const { driver } = workspace;
    expect(await driver.command('ana', '#general', '/nope')).toMatchObject({
      ok: false,
      toast: expect.stringContaining('/nope is not a valid command'),
    });
    expect(await driver.command('li', '#admins', '/test x')).toMatchObject({ ok: false });
    expect(await driver.command('ana', '#general', '/test late')).toEqual({
      ok: false,
      toast: '/test failed because the app did not respond.',
    });
  });

  it('opens a modal, sends what was typed with what was chosen at first, and closes it', async () => {
    const { driver } = workspace;
    await driver.command('ana', '#general', '/test open');
    await driver.eventually(async () => (await driver.views('ana')).length === 1);
    expect(await driver.submit('ana')).toEqual({
      ok: false,
      fieldErrors: { name: 'Please complete this required field.' },
    });
    expect(await driver.submit('ana', { input: 'bad' })).toEqual({
      ok: false,
      fieldErrors: { name: 'No such name.' },
    });
    expect(await driver.submit('ana', { input: 'next' })).toEqual({ ok: true });
    const [second] = await driver.views('ana');
    expect(second).toMatchObject({ title: 'Second step', state: { name: { input: { value: 'next' } } } });
    expect(await driver.submit('ana', { input: 'Ana', choice: 's' })).toEqual({ ok: true });
    expect(await driver.views('ana')).toEqual([]);
    expect(seen.at(-1)).toMatchObject({
      privateMetadata: 'kept',
      user: 'U0ANA000001',
      state: {
        name: { input: { type: 'plain_text_input', value: 'Ana' } },
        size: { choice: { type: 'static_select', selected_option: { value: 's' } } },
      },
    });
    expect(seen.at(-2)).toMatchObject({ state: { size: { choice: { selected_option: { value: 'l' } } } } });
    await driver.eventually(
      async () => (await driver.messages('li', '#general')).at(-1)?.text === 'hello Ana',
    );
  });

  it('stacks three modals and no more, and clears them at once', async () => {
    const { driver } = workspace;
    await driver.command('ana', '#general', '/test open');
    await driver.eventually(async () => (await driver.views('ana')).length === 1);
    expect(await driver.submit('ana', { input: 'over' })).toEqual({ ok: true });
    expect(await driver.submit('ana', { input: 'over' })).toEqual({ ok: true });
    expect((await driver.views('ana')).map(({ title }) => title)).toEqual(['A form', 'On top', 'On top']);
    expect(await driver.submit('ana', { input: 'over' })).toMatchObject({ ok: false });
    expect(await driver.submit('ana', { input: 'done' })).toEqual({ ok: true });
    expect(await driver.views('ana')).toEqual([]);
  });

  it('tells of closed modals when asked to', async () => {
    const { driver } = workspace;
    await driver.command('ana', '#general', '/test open');
    await driver.eventually(async () => (await driver.views('ana')).length === 1);
    await driver.close('ana');
    expect(seen.at(-1)).toEqual({ closed: true, cleared: false });
    expect(await driver.views('ana')).toEqual([]);
  });

  it('sends a click with its message, and updates the message in place', async () => {
    const { driver } = workspace;
    const message = (await driver.messages('li', '#general')).find(({ text }) => text === 'hello Ana');
    const ts = message?.ts ?? '';
    const container = { kind: 'message' as const, conversationId: 'C0GENERAL01', ts };
    expect(await driver.click('li', container, { label: 'Wave back' })).toEqual({ ok: true });
    expect(seen.at(-1)).toMatchObject({
      action: { type: 'button', action_id: 'wave', value: 'v1' },
      container: { type: 'message', message_ts: ts, channel_id: 'C0GENERAL01', is_ephemeral: false },
    });
    const updated = await driver.eventually(async () =>
      (await driver.messages('li', '#general')).find((each) => each.ts === ts && each.edited),
    );
    expect(updated).toMatchObject({ text: 'waved', blocks: [] });
  });

  it('publishes a Home tab when it is opened', async () => {
    const { driver } = workspace;
    await driver.openHome('li');
    const blocks = await driver.eventually(async () => {
      const home = await driver.home('li');
      return home.length > 0 && home;
    });
    expect(visibleText(blocks)).toBe('Welcome home');
  });
});
