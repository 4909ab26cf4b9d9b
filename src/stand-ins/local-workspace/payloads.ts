/** The shapes in which Slack sends people, messages and views to apps. */
import type { Json } from './blocks/index.ts';
import type { StoredMessage } from './store/messages.ts';
import type { ConversationRow, Person } from './store/people.ts';
import type { StoredView } from './store/views.ts';
import type { Workspace } from './workspace.ts';

/** The old verification token: apps verify signatures instead, but every payload still carries it. */
export const VERIFICATION_TOKEN = 'verification-token-of-the-stand-in';

/** The parts that all interactions share. */
export function interactionBase(workspace: Workspace, person: Person): Json {
  const { workspace: team, app } = workspace.seed;
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: app.id,
    token: VERIFICATION_TOKEN,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** A channel as interactions and commands name it: direct conversations and private channels have no name of their own. */
export const channelOf = (conversation: ConversationRow): { id: string; name: string } => ({
  id: conversation.id,
  name:
    conversation.kind === 'dm'
      ? 'directmessage'
      : conversation.isPrivate
        ? 'privategroup'
        : conversation.name,
});

/** A view as in interactions and in the answers of views.* methods. */
export function viewOutput(workspace: Workspace, view: StoredView): Json {
  const { workspace: team, app } = workspace.seed;
  const { body } = view;
  return {
    id: view.id,
    team_id: team.id,
    type: body.type,
    blocks: body.blocks,
    private_metadata: body.private_metadata ?? '',
    callback_id: body.callback_id ?? '',
    state: { values: view.state },
    hash: view.hash,
    title: body.title ?? null,
    clear_on_close: body.clear_on_close ?? false,
    notify_on_close: body.notify_on_close ?? false,
    close: body.close ?? null,
    submit: body.submit ?? null,
    previous_view_id: view.previousViewId,
    root_view_id: view.rootViewId,
    app_id: app.id,
    external_id: body.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: app.botId,
  };
}

/** A message as in interactions and in the answers of chat.* methods. */
export function messageOutput(workspace: Workspace, message: StoredMessage): Json {
  const { workspace: team, app } = workspace.seed;
  const byApp = message.userId === app.botUserId;
  return {
    type: 'message',
    user: message.userId,
    ts: message.ts,
    text: message.text,
    team: team.id,
    blocks: message.blocks,
    ...(byApp ? { bot_id: app.botId, app_id: app.id } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.editedTs === null ? {} : { edited: { user: app.botId, ts: message.editedTs } }),
    ...(message.metadata === null ? {} : { metadata: message.metadata }),
  };
}
