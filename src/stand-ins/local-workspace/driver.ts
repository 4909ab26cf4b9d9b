/** Acting as a person from a test: the same acts as the page's, with names instead of ids. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../durations.ts';
import { type BlockState, isObject, type Json, placedElements, stateFrom } from './blocks/index.ts';
import type { EventSender } from './deliver/events.ts';
import type { SeedUser } from './options.ts';
import { readConversation } from './page-api/read-workspace.ts';
import { closeView } from './people/close-view.ts';
import { openHome } from './people/open-home.ts';
import { dismiss, postText } from './people/post-text.ts';
import { runCommand } from './people/run-command.ts';
import { submitView } from './people/submit-view.ts';
import { suggestOptions } from './people/suggest-options.ts';
import { useElement } from './people/use-element.ts';
import type { ActionContainer, ActResult, Block, Message, View } from './protocol.ts';
import { slackText } from './slack-text.ts';
import { findMessage } from './store/messages.ts';
import { listConversations, readPeople } from './store/people.ts';
import { directConversationId } from './store/seed.ts';
import { findHome, readStack, toView } from './store/views.ts';
import type { Workspace } from './workspace.ts';

type Standing = NonNullable<SeedUser['standing']>;

/** Which element: by its action_id, or by the text on it. */
type Target = { actionId: string } | { label: string };

export interface Driver {
  /** @param user a person's id or name; @param channel an id, `#name`, or `dm` for the direct conversation with the app */
  command(user: string, channel: string, text: string): Promise<ActResult>;
  say(user: string, channel: string, text: string): Promise<ActResult>;
  dismiss(user: string, channel: string, ts: string): Promise<ActResult>;
  /** Clicks a button, or chooses `value` in another element. */
  click(user: string, container: ActionContainer, target: Target, value?: unknown): Promise<ActResult>;
  /** The options that a list of the top modal, or of `inside`, offers for what is typed; a toast's text where it could not be asked. */
  options(
    user: string,
    actionId: string,
    typed: string,
    inside?: ActionContainer,
  ): Promise<{ text: string; option: Json }[] | string>;
  /** Submits the top modal after filling these inputs: action_id → text, option value, or list of them. */
  submit(user: string, values?: Record<string, unknown>): Promise<ActResult>;
  /** Closes the top modal, or all. */
  close(user: string, options?: { all?: boolean }): Promise<ActResult>;
  /** What the person sees in a conversation, oldest first. */
  messages(user: string, channel: string): Promise<Message[]>;
  /** The person's open modals, bottom first. */
  views(user: string): Promise<View[]>;
  /** Opens the app's Home and returns what was published before. */
  openHome(user: string): Promise<Block[]>;
  home(user: string): Promise<Block[]>;
  /** Makes somebody a guest, a stranger or deactivated, or a full member again. */
  setStanding(user: string, standing: Standing): Promise<void>;
  /** Sends an event to the app as Slack would, if it subscribes to its type. */
  event(event: Json & { type: string }): Promise<void>;
  /** What was sent to the app, oldest first. */
  deliveries(): Promise<{ kind: string; body: Json; outcome: string | null; attempts: number }[]>;
  /** Reads again and again until something comes; fails with what was read last. */
  eventually<T>(read: () => Promise<T | undefined | false | null>, timeoutMs?: number): Promise<T>;
}

/** Long enough for a machine that is busy with something else; a wait ends as soon as what it waits for is there. */
const EVENTUALLY_MS = 60 * SECOND_MS;
/** Between two readings at first; later a quarter of what was waited so far, as each reading takes time from what it waits for. */
const PAUSE_MS = 20;
const MAX_PAUSE_MS = 50;

/** Waits for a truthy reading. @throws Error after the time is over */
async function eventually<T>(
  read: () => Promise<T | undefined | false | null>,
  timeoutMs = EVENTUALLY_MS,
): Promise<T> {
  const begin = Date.now();
  for (;;) {
    const value = await read();
    if (value) return value;
    const waitedMs = Date.now() - begin;
    if (waitedMs > timeoutMs) throw new Error(`did not happen within ${timeoutMs} ms: ${read.toString()}`);
    await sleep(Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, waitedMs / 4)));
  }
}

/** All words that a reader sees in blocks, a line a text: for assertions on what is said. */
export function visibleText(value: unknown): string {
  if (Array.isArray(value)) return value.map(visibleText).filter(Boolean).join('\n');
  if (!isObject(value)) return '';
  return Object.entries(value)
    .map(([key, each]) =>
      typeof each === 'string' ? (SHOWN.has(key) ? asRead(each) : '') : visibleText(each),
    )
    .filter(Boolean)
    .join('\n');
}
const SHOWN = new Set(['text', 'title', 'caption', 'alt_text']);

/** Non-breaking spaces and hyphens read like any other. */
const asRead = (text: string): string => text.replaceAll('\u00A0', ' ').replaceAll('\u2011', '-');

function labelOf(element: Json): string | undefined {
  const text = isObject(element.text) ? element.text.text : element.text;
  return typeof text === 'string' ? asRead(text) : undefined;
}

/** A driver over a started workspace. */
export function createDriver(workspace: Workspace, events: EventSender): Driver {
  const { database } = workspace;
  const userId = async (user: string): Promise<string> => {
    const person = (await readPeople(database)).find(({ id, name }) => id === user || name === user);
    if (person === undefined) throw new Error(`no person ${user} in the workspace`);
    return person.id;
  };
  const at = async (user: string, channel: string) => {
    const as = await userId(user);
    if (channel === 'dm') return { as, conversation: directConversationId(as) };
    const rooms = await listConversations(database);
    const conversation = rooms.find(
      ({ id, name, kind }) => id === channel || (kind === 'channel' && `#${name}` === channel),
    );
    if (conversation === undefined) throw new Error(`no conversation ${channel} in the workspace`);
    return { as, conversation: conversation.id };
  };
  const blocksIn = async (as: string, container: ActionContainer): Promise<Block[]> => {
    if (container.kind === 'home') return (await findHome(database, as))?.body.blocks ?? [];
    if (container.kind === 'message') {
      return (await findMessage(database, container.conversationId, container.ts))?.blocks ?? [];
    }
    const stack = await readStack(database, as);
    return stack.find(({ id }) => id === container.viewId)?.body.blocks ?? [];
  };
  const top = async (as: string) => {
    const view = (await readStack(database, as)).at(-1);
    if (view === undefined) throw new Error('no modal is open');
    return view;
  };

  return {
    command: async (user, channel, text) => runCommand(workspace, { ...(await at(user, channel)), text }),
    say: async (user, channel, text) => postText(workspace, { ...(await at(user, channel)), text }),
    dismiss: async (user, channel, ts) => dismiss(workspace, { ...(await at(user, channel)), ts }),
    click: async (user, container, target, value) => {
      const as = await userId(user);
      const found = async () => {
        const placed = placedElements(await blocksIn(as, container)).find(({ element }) =>
          'actionId' in target ? element.action_id === target.actionId : labelOf(element) === target.label,
        );
        if (placed === undefined) throw new Error(`nothing to click: ${JSON.stringify(target)}`);
        return { blockId: String(placed.block.block_id), actionId: String(placed.element.action_id) };
      };
      for (let ids = await found(); ; ) {
        const result = await useElement(workspace, {
          as,
          container,
          ...ids,
          ...(value === undefined ? {} : { value }),
        });
        if (result.ok || !('toast' in result) || result.toast !== slackText.elementGone) return result;
        // The app redrew it since it was found: a person clicks the new one.
        const again = await found();
        if (again.blockId === ids.blockId && again.actionId === ids.actionId) return result;
        ids = again;
      }
    },
    options: async (user, actionId, typed, inside) => {
      const as = await userId(user);
      const container = inside ?? { kind: 'view', viewId: (await top(as)).id };
      const placed = placedElements(await blocksIn(as, container)).find(
        ({ element }) => element.action_id === actionId,
      );
      const blockId = String(placed?.block.block_id);
      const result = await suggestOptions(workspace, { as, container, blockId, actionId, typed });
      if (!result.ok) return result.toast;
      return result.options.map((option) => ({ text: String(labelOf(option)), option }));
    },
    submit: async (user, values = {}) => {
      const as = await userId(user);
      const view = await top(as);
      return submitView(workspace, { as, viewId: view.id, state: fill(view.body.blocks, values) });
    },
    close: async (user, { all = false } = {}) => {
      const as = await userId(user);
      return closeView(workspace, { as, viewId: (await top(as)).id, all });
    },
    messages: async (user, channel) => {
      const { as, conversation } = await at(user, channel);
      return readConversation(workspace, as, conversation);
    },
    views: async (user) => (await readStack(database, await userId(user))).map(toView),
    openHome: async (user) => openHome(workspace, events, await userId(user)),
    home: async (user) => (await findHome(database, await userId(user)))?.body.blocks ?? [],
    setStanding: async (user, standing) => {
      const as = await userId(user);
      const seeded = workspace.seed.users.find(({ id }) => id === as);
      if (seeded === undefined) throw new Error(`${user} is not of the seed`);
      seeded.standing = standing;
    },
    event: (event) => events.send(event),
    deliveries: () => database.query('SELECT kind, body, outcome, attempts FROM slack_delivery ORDER BY id'),
    eventually,
  };
}

/** The state that these values make of a view's inputs. @throws Error for an unknown action id or an impossible value */
function fill(blocks: readonly Block[], values: Record<string, unknown>): BlockState {
  const state: BlockState = {};
  for (const [actionId, value] of Object.entries(values)) {
    const placed = placedElements(blocks).find(({ element }) => element.action_id === actionId);
    const made = placed && stateFrom(placed.element, value);
    if (placed === undefined || made === undefined) {
      throw new Error(`the modal cannot take ${JSON.stringify(value)} for ${actionId}`);
    }
    const blockId = String(placed.block.block_id);
    state[blockId] = { ...state[blockId], [actionId]: made };
  }
  return state;
}
