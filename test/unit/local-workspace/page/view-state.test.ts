import { expect, test } from 'vitest';
import { applyEvent } from '../../../../src/stand-ins/local-workspace/page/state/apply-event.ts';
import { initialState, type State } from '../../../../src/stand-ins/local-workspace/page/state/state.ts';
import type { Block, StreamEvent, View } from '../../../../src/stand-ins/local-workspace/protocol.ts';

const input = (blockId: string, initial?: string): Block => ({
  type: 'input',
  block_id: blockId,
  label: { type: 'plain_text', text: blockId },
  element: {
    type: 'plain_text_input',
    action_id: 'a',
    ...(initial === undefined ? {} : { initial_value: initial }),
  },
});

const view = (id: string, hash: string, ...blocks: Block[]): View => ({
  id,
  hash,
  callbackId: '',
  title: 'Form',
  submit: 'Send',
  close: null,
  blocks,
});

const show = (state: State, ...stack: View[]): State => applyEvent(state, { type: 'views', stack }, 0);
const typeInto = (state: State, blockId: string, value: string): State => ({
  ...state,
  views: state.views.map((open) => ({
    ...open,
    state: { ...open.state, [blockId]: { a: { type: 'plain_text_input', value } } },
  })),
});
const typedIn = (state: State, blockId: string): unknown => state.views.at(-1)?.state[blockId]?.a?.value;

test('a modal begins with its initial values', () => {
  expect(typedIn(show(initialState, view('V1', '1', input('amount', '50'))), 'amount')).toBe('50');
});

test('a modal that was there before a reload begins with what the workspace kept', () => {
  const kept = { amount: { a: { type: 'plain_text_input', value: '75' } } };
  const state = show(initialState, { ...view('V1', '1', input('amount', '50')), state: kept });
  expect(typedIn(state, 'amount')).toBe('75');
});

test('an update in place keeps what was typed where block and action ids persist, and only there', () => {
  const typed = typeInto(show(initialState, view('V1', '1', input('amount'), input('note'))), 'amount', '12');
  const updated = show(typed, view('V1', '2', input('amount', '99'), input('fresh', 'new')));
  expect(typedIn(updated, 'amount')).toBe('12');
  expect(typedIn(updated, 'fresh')).toBe('new');
  expect(updated.views[0]?.state.note).toBeUndefined();
});

test('a pushed modal leaves what was typed below it alone', () => {
  const below = view('V1', '1', input('amount'));
  const typed = typeInto(show(initialState, below), 'amount', '12');
  const pushed = show(typed, below, view('V2', '1', input('other')));
  expect(typedIn(show(pushed, below), 'amount')).toBe('12');
});

test('errors go when the modal is changed', () => {
  const open = show(initialState, view('V1', '1', input('amount')));
  const wrong: State = { ...open, views: open.views.map((each) => ({ ...each, errors: { amount: 'No.' } })) };
  expect(show(wrong, view('V1', '1', input('amount'))).views[0]?.errors).toEqual({ amount: 'No.' });
  expect(show(wrong, view('V1', '2', input('amount'))).views[0]?.errors).toEqual({});
});

test('messages stay in the order of their time, are replaced in place, and go when deleted', () => {
  const message = (ts: string, text: string) => ({
    conversationId: 'C1',
    ts,
    userId: 'U1',
    text,
    blocks: [],
    edited: false,
    ephemeral: false,
    threadTs: null,
    files: [],
  });
  const start: State = { ...initialState, messages: { C1: { status: 'ready', value: [] } } };
  const events: StreamEvent[] = [
    { type: 'message', message: message('20.0', 'second') },
    { type: 'message', message: message('9.0', 'first') },
    { type: 'message-changed', message: message('20.0', 'changed') },
    { type: 'message-deleted', conversationId: 'C1', ts: '9.0' },
    { type: 'message', message: message('1.0', 'elsewhere') },
  ];
  const after = events.slice(0, 4).reduce((state, event) => applyEvent(state, event, 0), start);
  expect(after.messages.C1).toEqual({ status: 'ready', value: [message('20.0', 'changed')] });
  const unread = applyEvent(initialState, events[0] ?? { type: 'home', blocks: [] }, 0);
  expect(unread.messages).toEqual({});
});
