/** What one event of the stream makes of the page's state. Pure. */
import { startState } from '../../blocks/view-state.ts';
import type { Message, StateValues, StreamEvent, View } from '../../protocol.ts';
import { plainText } from '../text/inline.ts';
import { parseInline } from '../text/mrkdwn.ts';
import { choosePlace } from './place.ts';
import type { OpenView, State } from './state.ts';

const byTs = (one: Message, other: Message): number => Number(one.ts) - Number(other.ts);

function changeMessages(state: State, conversationId: string, change: (list: Message[]) => Message[]): State {
  const held = state.messages[conversationId];
  if (held?.status !== 'ready') return state;
  const value = change(held.value);
  return { ...state, messages: { ...state.messages, [conversationId]: { status: 'ready', value } } };
}

const putMessage = (list: readonly Message[], message: Message): Message[] =>
  [...list.filter((each) => each.ts !== message.ts), message].sort(byTs);

/** What of a modal's typed state outlives an update: inputs whose block and action ids persist, as in Slack. */
export function carryView(view: View, before: OpenView | undefined): OpenView {
  const told = view.state as Parameters<typeof startState>[1];
  const typed = before?.state as Parameters<typeof startState>[1];
  const state: StateValues = startState(view.blocks, typed ?? told ?? {});
  const errors = before?.view.hash === view.hash ? before.errors : {};
  return { view, state, errors };
}

const sayMessage = (state: State, message: Message, verb: string): string => {
  if (state.session.status !== 'ready' || message.userId === state.session.value.me.id)
    return state.announcement;
  const name = state.session.value.users.find((user) => user.id === message.userId)?.realName ?? 'Someone';
  return `${name}${verb}: ${plainText(parseInline(message.text)).slice(0, 300)}`;
};

/** Somewhere else, where the conversation that is shown was left or archived. */
function leaveMissingPlace(state: State): State {
  if (state.session.status !== 'ready' || state.place?.kind !== 'conversation') return state;
  const { conversations, app } = state.session.value;
  return { ...state, place: choosePlace(state.place, conversations, app.hasHome) };
}

/** @param nowMs `performance.now()` when the event arrived */
export function applyEvent(state: State, event: StreamEvent, nowMs: number): State {
  switch (event.type) {
    case 'message': {
      const { message } = event;
      const next = changeMessages(state, message.conversationId, (list) => putMessage(list, message));
      return { ...next, announcement: sayMessage(state, message, '') };
    }
    case 'message-changed': {
      const { message } = event;
      const next = changeMessages(state, message.conversationId, (list) =>
        list.map((each) => (each.ts === message.ts ? message : each)),
      );
      return { ...next, announcement: sayMessage(state, message, ' updated a message') };
    }
    case 'message-deleted':
      return changeMessages(state, event.conversationId, (list) =>
        list.filter((each) => each.ts !== event.ts),
      );
    case 'views': {
      const before = new Map(state.views.map((open) => [open.view.id, open]));
      return { ...state, views: event.stack.map((view) => carryView(view, before.get(view.id))) };
    }
    case 'home':
      return { ...state, home: { status: 'ready', value: event.blocks } };
    case 'conversations':
      if (state.session.status !== 'ready') return state;
      return leaveMissingPlace({
        ...state,
        session: { status: 'ready', value: { ...state.session.value, conversations: event.conversations } },
      });
    case 'world':
      return { ...state, world: event.world, worldToldAtMs: nowMs };
  }
}
