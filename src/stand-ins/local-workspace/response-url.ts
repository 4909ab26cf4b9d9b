/** Response urls: answers of the app to a command or a click, five times within thirty minutes. */
import { isObject, type Json } from './blocks/index.ts';
import { changeMessage, postMessage, removeMessage } from './change-messages.ts';
import { jsonValue, readContent } from './read-content.ts';
import { SlackError } from './slack-error.ts';
import { findMessage } from './store/messages.ts';
import { claimResponseUrl, newResponseUrl, type ResponseUrl } from './store/tickets.ts';
import type { Workspace } from './workspace.ts';

/** A new address that the app may answer to. */
export async function makeResponseUrl(workspace: Workspace, url: ResponseUrl): Promise<string> {
  const id = await newResponseUrl(workspace.database, workspace.clock, url);
  return `${workspace.addresses.api}/response/${workspace.seed.workspace.id}/${id}`;
}

/** Shows a response where the command was typed or the button clicked: to that person unless told `in_channel`. */
export async function showResponse(workspace: Workspace, url: ResponseUrl, response: Json): Promise<void> {
  const content = readContent(response);
  const toAll = response.response_type === 'in_channel';
  await postMessage(workspace, {
    conversationId: url.conversationId,
    userId: workspace.seed.app.botUserId,
    ...content,
    ...(toAll ? {} : { onlyFor: url.userId }),
  });
}

async function apply(workspace: Workspace, url: ResponseUrl, response: Json): Promise<void> {
  const original =
    url.messageTs === null
      ? undefined
      : await findMessage(workspace.database, url.conversationId, url.messageTs);
  if (response.delete_original === true) {
    if (original !== undefined) await removeMessage(workspace, original);
    return;
  }
  if (response.replace_original === true && original !== undefined) {
    await changeMessage(workspace, original, readContent(response));
    return;
  }
  await showResponse(workspace, url, response);
}

/**
 * A POST to a response url.
 * @throws SlackError `expired_url`, `used_url`, `invalid_payload`, or what chat.postMessage would say of the content
 */
export async function useResponseUrl(workspace: Workspace, id: string, body: string): Promise<void> {
  const response = jsonValue(body);
  if (!isObject(response)) throw new SlackError('invalid_payload');
  const url = await workspace.database.transaction((sql) => claimResponseUrl(sql, workspace.clock, id));
  await apply(workspace, url, response);
}
