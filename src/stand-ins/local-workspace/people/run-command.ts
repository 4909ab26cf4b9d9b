/** Typing a slash command. */
import type { Json } from '../blocks/index.ts';
import type { Reply } from '../deliver/deliver.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { channelOf, VERIFICATION_TOKEN } from '../payloads.ts';
import type { ActResult } from '../protocol.ts';
import { makeResponseUrl, showResponse } from '../response-url.ts';
import { SlackError } from '../slack-error.ts';
import { slackText } from '../slack-text.ts';
import type { ConversationRow, Person } from '../store/people.ts';
import { newTrigger } from '../store/tickets.ts';
import type { Workspace } from '../workspace.ts';
import { acting, actor, conversationOf, Refusal } from './act.ts';
import { findChannelCommand } from './channel-commands.ts';
import { escapeCommand } from './escape-command.ts';

async function commandBody(
  workspace: Workspace,
  person: Person,
  conversation: ConversationRow,
  command: string,
  text: string,
): Promise<Json> {
  const { workspace: team, app } = workspace.seed;
  const channel = channelOf(conversation);
  return {
    token: VERIFICATION_TOKEN,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: person.id,
    user_name: person.name,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: await makeResponseUrl(workspace, {
      conversationId: conversation.id,
      userId: person.id,
      messageTs: null,
    }),
    trigger_id: await newTrigger(workspace, person.id),
  };
}

function refuseFailed(command: string, reply: Reply): void {
  if (reply.outcome === 'timeout') throw new Refusal(slackText.commandTimeout(command));
  if (reply.outcome !== 'acknowledged')
    throw new Refusal(slackText.commandFailed(command, 'dispatch_failed'));
}

/**
 * Sends what a person typed after a slash to the app and shows its answer.
 * @param typed e.g. `/credits add 50`
 */
export const runCommand = (
  workspace: Workspace,
  { as, conversation: conversationId, text: typed }: { as: string; conversation: string; text: string },
): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, as);
    const conversation = await conversationOf(workspace, person, conversationId);
    const [, command = '', text = ''] = /^(\/\S*)\s*([\s\S]*)$/.exec(typed.trim()) ?? [];
    const ownCommand = findChannelCommand(command);
    if (ownCommand !== undefined) {
      await ownCommand(workspace, person, conversation, text);
      return { ok: true };
    }
    const hint = workspace.seed.app.slash.find((each) => each.command === command);
    if (hint === undefined) {
      throw new Refusal(slackText.unknownCommand(command === '' ? typed : command));
    }
    const reply = await sendInteraction(
      workspace,
      'command',
      await commandBody(
        workspace,
        person,
        conversation,
        command,
        hint.shouldEscape === true ? await escapeCommand(workspace, text) : text,
      ),
    );
    refuseFailed(command, reply);
    if (reply.outcome !== 'acknowledged' || Object.keys(reply.body).length === 0) return { ok: true };
    try {
      await showResponse(
        workspace,
        { conversationId: conversation.id, userId: person.id, messageTs: null },
        reply.body,
      );
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      workspace.log.warn({ error: error.code, ...error.extra }, 'the answer to a command was refused');
      throw new Refusal(slackText.commandFailed(command, 'invalid_command_response'));
    }
    return { ok: true };
  });
