/** Clicking a button, choosing from a menu: block_actions. */
import { SECOND_MS } from '../../../durations.ts';
import {
  actionValue,
  type BlockState,
  type Json,
  mergeState,
  type Placed,
  placedElements,
} from '../blocks/index.ts';
import type { Reply } from '../deliver/deliver.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { channelOf, interactionBase, messageOutput, viewOutput } from '../payloads.ts';
import type { ActionContainer, ActResult, Block, StateValues } from '../protocol.ts';
import { makeResponseUrl } from '../response-url.ts';
import { slackText } from '../slack-text.ts';
import { findMessage, keepMessageState } from '../store/messages.ts';
import type { Person } from '../store/people.ts';
import { newTrigger } from '../store/tickets.ts';
import { findHome, keepViewState, readStack, type StoredView } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { acting, actor, conversationOf, Refusal } from './act.ts';

export interface ElementUse {
  as: string;
  container: ActionContainer;
  blockId: string;
  actionId: string;
  /** What was chosen or typed: bare, or as Slack's state object; buttons need none. */
  value?: unknown;
  /** What the other inputs beside it hold. */
  state?: StateValues;
}

/** Where an element stands: its blocks and state, and how the container tells about itself. */
interface Place {
  blocks: Block[];
  state: BlockState;
  viewId?: string;
  keep(state: BlockState): Promise<void>;
  describe(state: BlockState): Promise<Json>;
}

async function messagePlace(
  workspace: Workspace,
  person: Person,
  conversationId: string,
  ts: string,
): Promise<Place> {
  const conversation = await conversationOf(workspace, person, conversationId);
  const message = await findMessage(workspace.database, conversationId, ts);
  if (message === undefined || (message.onlyFor !== null && message.onlyFor !== person.id)) {
    throw new Refusal(slackText.elementGone);
  }
  return {
    blocks: message.blocks,
    state: message.state,
    keep: (state) => keepMessageState(workspace.database, message, state),
    describe: async (state) => ({
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: conversation.id,
        is_ephemeral: message.ephemeral,
        ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
      },
      channel: channelOf(conversation),
      // Slack keeps no copy of ephemeral messages and so cannot send them along.
      ...(message.ephemeral ? {} : { message: messageOutput(workspace, message) }),
      state: { values: state },
      response_url: await makeResponseUrl(workspace, {
        conversationId: conversation.id,
        userId: person.id,
        messageTs: message.ts,
      }),
    }),
  };
}

function viewPlace(workspace: Workspace, view: StoredView | undefined): Place {
  if (view === undefined) throw new Refusal(slackText.viewGone);
  return {
    blocks: view.body.blocks,
    state: view.state,
    ...(view.body.type === 'modal' && { viewId: view.id }),
    keep: async (state) => {
      await keepViewState(workspace.database, view, state);
    },
    describe: async (state) => ({
      container: { type: 'view', view_id: view.id },
      view: viewOutput(workspace, { ...view, state }),
    }),
  };
}

/** Where an element stands. @throws Refusal where it is gone */
export async function placeOf(
  workspace: Workspace,
  person: Person,
  container: ActionContainer,
): Promise<Place> {
  if (container.kind === 'message') {
    return messagePlace(workspace, person, container.conversationId, container.ts);
  }
  if (container.kind === 'home') return viewPlace(workspace, await findHome(workspace.database, person.id));
  const stack = await readStack(workspace.database, person.id);
  return viewPlace(
    workspace,
    stack.find(({ id }) => id === container.viewId),
  );
}

/** What of a button is sent along with the click. */
const BUTTON_FIELDS = ['text', 'value', 'url', 'style', 'confirm'];

function chosenOfOverflow(element: Json, value: unknown): Json {
  const wanted =
    typeof value === 'object' && value !== null && 'selected_option' in value
      ? (value.selected_option as Json).value
      : value;
  const options = Array.isArray(element.options) ? (element.options as Json[]) : [];
  const chosen = options.find((option) => option.value === wanted);
  if (chosen === undefined) throw new Refusal(slackText.elementGone);
  return { selected_option: chosen };
}

function actionOf(
  workspace: Workspace,
  { block, element }: Placed,
  use: ElementUse,
  state: BlockState,
): Json {
  const ids = {
    type: element.type,
    block_id: block.block_id,
    action_id: element.action_id,
    action_ts: (workspace.clock.now().getTime() / SECOND_MS).toFixed(6),
  };
  if (element.type === 'button') {
    const sent = BUTTON_FIELDS.filter((field) => element[field] !== undefined);
    return { ...ids, ...Object.fromEntries(sent.map((field) => [field, element[field]])) };
  }
  if (element.type === 'overflow') return { ...ids, ...chosenOfOverflow(element, use.value) };
  const held = state[String(block.block_id)]?.[String(element.action_id)];
  const extra = ['placeholder', 'confirm'].filter((field) => element[field] !== undefined);
  return {
    ...ids,
    ...Object.fromEntries(extra.map((field) => [field, element[field]])),
    ...actionValue(element, held),
  };
}

function tell(reply: Reply): ActResult {
  if (reply.outcome === 'acknowledged') return { ok: true };
  if (reply.outcome === 'timeout') return { ok: false, toast: slackText.actionTimeout };
  if (reply.outcome === 'status') return { ok: false, toast: slackText.actionStatus(reply.status) };
  return { ok: false, toast: slackText.actionUnreachable };
}

/** Keeps what was chosen and tells the app; inputs tell only when their block dispatches actions. */
export const useElement = (workspace: Workspace, use: ElementUse): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, use.as);
    const place = await placeOf(workspace, person, use.container);
    const placed = placedElements(place.blocks).find(
      ({ block, element }) => block.block_id === use.blockId && element.action_id === use.actionId,
    );
    if (placed === undefined) throw new Refusal(slackText.elementGone);
    const own = use.value === undefined ? {} : { [use.blockId]: { [use.actionId]: use.value } };
    const state = mergeState(place.blocks, mergeState(place.blocks, place.state, use.state), own);
    await place.keep(state);
    if (placed.block.type === 'input' && placed.block.dispatch_action !== true) return { ok: true };
    const action = actionOf(workspace, placed, use, state);
    const body = {
      type: 'block_actions',
      ...interactionBase(workspace, person),
      trigger_id: await newTrigger(workspace, person.id, place.viewId),
      ...(await place.describe(state)),
      actions: [action],
    };
    return tell(await sendInteraction(workspace, 'interaction', body));
  });
