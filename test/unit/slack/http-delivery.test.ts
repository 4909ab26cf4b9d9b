import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App } from '@slack/bolt';
import { afterAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/log.ts';
import { createCommandQueue } from '../../../src/slack/command-queue.ts';
import { createHttpDelivery } from '../../../src/slack/http-delivery.ts';
import { barrier } from '../../support/barrier.ts';
import { FORM, interaction, sendAsSlack } from '../../support/send-as-slack.ts';

const delivery = { kind: 'http', signingSecret: 'a secret of this test' } as const;
const who = { team_id: 'T1', user_id: 'U1' };
const log = createLogger('silent');

const commands = createCommandQueue({ maxRunning: 1, maxHoldMs: 60_000, maxWaiting: 2 });
const { receiver, requestListener, drain } = createHttpDelivery(delivery, log, () => undefined, commands);
const bolt = new App({ receiver, authorize: async () => ({ teamId: 'T1', botToken: 'xoxb-1' }) });
const server = createServer(requestListener).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => server.close());

const { port } = server.address() as AddressInfo;
const addressee = { appUrl: `http://127.0.0.1:${port}`, sandbox: { slack: { delivery } } };
const send = (body: string) => sendAsSlack(addressee, body, FORM);
const sendCommand = () => send(new URLSearchParams({ command: '/credits', ...who }).toString());

describe('commands over HTTP', () => {
  it('are acknowledged before they run, refused where too many wait, and keep no form and no list waiting', async () => {
    const { opened, open } = barrier();
    const begun: string[] = [];
    bolt.command('/credits', async ({ command }) => {
      begun.push(command.command);
      await opened;
    });
    bolt.view('form', async ({ ack }) => await ack({ response_action: 'clear' }));
    bolt.options('list', async ({ ack }) => await ack({ options: [] }));

    expect((await sendCommand()).status).toBe(200);
    await expect.poll(() => begun).toHaveLength(1);
    expect(
      [await sendCommand(), await sendCommand(), await sendCommand()].map(({ status }) => status),
    ).toEqual([200, 200, 503]);

    const from = { user: { id: 'U1' }, team: { id: 'T1' } };
    const view = { id: 'V1', callback_id: 'form', private_metadata: '', state: { values: {} } };
    expect(await send(interaction({ type: 'view_submission', ...from, view }))).toMatchObject({
      status: 200,
      text: '{"response_action":"clear"}',
    });
    const question = { type: 'block_suggestion', ...from, action_id: 'list', value: '' };
    expect(await send(interaction(question))).toMatchObject({ status: 200, text: '{"options":[]}' });
    expect(begun).toHaveLength(1);

    open();
    await drain();
    expect(begun).toHaveLength(3);
  });
});
