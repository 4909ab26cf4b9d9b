/** A small Bolt app that uses everything which the page can draw: its blocks are checked by the strict workspace. */
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { actions, type Blocks, dataBlocks, form, moreData, review, textBlocks } from './showcase-blocks.ts';

export interface Showcase {
  /** Action ids that reached the app, in order. */
  used: string[];
  /** The last submitted state. */
  submitted: unknown;
}

async function post(client: WebClient, channel: string, text: string, blocks: Blocks): Promise<void> {
  await client.chat.postMessage({ channel, text, blocks });
}

/** Registers `/test` (show, data, form, quiet), its form, and listeners for every element. */
export function serveShowcase(app: App): Showcase {
  const seen: Showcase = { used: [], submitted: undefined };
  app.command('/test', async ({ ack, command, client, respond }) => {
    if (command.text === 'fail') return;
    await ack();
    if (command.text === 'show') await post(client, command.channel_id, 'Everything', textBlocks);
    else if (command.text === 'data') {
      await post(client, command.channel_id, 'Data', dataBlocks);
      await post(client, command.channel_id, 'More data', moreData);
    } else if (command.text === 'form')
      await client.views.open({ trigger_id: command.trigger_id, view: form() });
    else await respond({ response_type: 'ephemeral', text: `Only for <@${command.user_id}>` });
  });
  app.action(/.*/, async ({ ack, action, body, client }) => {
    const id = 'action_id' in action ? action.action_id : '';
    seen.used.push(id);
    if (id === 'Do it') await new Promise((resolve) => setTimeout(resolve, 400));
    await ack();
    const viewId = 'view' in body ? body.view?.id : undefined;
    if (id === 'Change the note' && viewId !== undefined) {
      await client.views.update({ view_id: viewId, view: form('The note has changed') });
    }
  });
  app.view('form', async ({ ack, view }) => {
    const amount = view.state.values.amount?.field?.value ?? '';
    if (Number(amount) < 5)
      await ack({ response_action: 'errors', errors: { amount: 'Enter at least $5.00.' } });
    else await ack({ response_action: 'push', view: review(amount) });
    seen.submitted = view.state.values;
  });
  app.view('review', async ({ ack, client, body }) => {
    await ack({ response_action: 'clear' });
    await client.chat.postMessage({ channel: 'C0GENERAL01', text: `✅ *Done* by <@${body.user.id}>` });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const blocks = [...textBlocks.slice(0, 4), actions] as Blocks;
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
  return seen;
}
