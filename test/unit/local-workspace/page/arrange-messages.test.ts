import { expect, test } from 'vitest';
import { arrangeMessages } from '../../../../src/stand-ins/local-workspace/page/conversation/arrange-messages.ts';
import {
  choosePlace,
  readAddress,
  writeAddress,
} from '../../../../src/stand-ins/local-workspace/page/state/place.ts';
import { countUnread } from '../../../../src/stand-ins/local-workspace/page/state/unread.ts';
import type { Message } from '../../../../src/stand-ins/local-workspace/protocol.ts';

const message = (at: string, given: Partial<Message> = {}): Message => ({
  conversationId: 'C1',
  ts: (Date.parse(at) / 1000).toFixed(6),
  userId: 'U1',
  text: '',
  blocks: [],
  edited: false,
  ephemeral: false,
  threadTs: null,
  files: [],
  ...given,
});

test('days change at midnight of the workspace’s zone', () => {
  const messages = [message('2026-11-24T07:59:00Z'), message('2026-11-24T08:01:00Z')];
  const days = arrangeMessages(messages, 'America/Los_Angeles');
  expect(days.map((day) => [day.key, day.rows.length])).toEqual([
    ['2026-11-23', 1],
    ['2026-11-24', 1],
  ]);
});

test('messages of one author within five minutes stand together; private ones stand apart', () => {
  const messages = [
    message('2026-11-24T20:00:00Z'),
    message('2026-11-24T20:04:00Z'),
    message('2026-11-24T20:10:00Z'),
    message('2026-11-24T20:11:00Z', { userId: 'U2' }),
    message('2026-11-24T20:11:30Z', { userId: 'U2', ephemeral: true }),
  ];
  const rows = arrangeMessages(messages, 'UTC').flatMap((day) => day.rows);
  expect(rows.map((row) => row.isContinuation)).toEqual([false, true, false, false, false]);
});

test('replies stand below what they answer; a reply to what is gone stands for itself', () => {
  const parent = message('2026-11-24T20:00:00Z');
  const messages = [
    parent,
    message('2026-11-24T20:01:00Z', { threadTs: parent.ts }),
    message('2026-11-24T20:02:00Z', { threadTs: '1.000000' }),
  ];
  const rows = arrangeMessages(messages, 'UTC').flatMap((day) => day.rows);
  expect(rows.map((row) => row.replies.length)).toEqual([1, 0]);
});

test('only what others said after the last reading is unread', () => {
  const messages = [
    message('2026-11-24T20:00:00Z', { userId: 'U2' }),
    message('2026-11-24T20:01:00Z'),
    message('2026-11-24T20:02:00Z', { userId: 'U2' }),
  ];
  expect(countUnread(messages, undefined, 'U1')).toBe(2);
  expect(countUnread(messages, messages[0]?.ts, 'U1')).toBe(1);
  expect(countUnread(messages, messages[2]?.ts, 'U1')).toBe(0);
});

test('an address leads back to the same person and place', () => {
  const address = { as: 'U1', place: { kind: 'conversation', id: 'C1' } } as const;
  expect(readAddress(new URL(writeAddress(address), 'http://localhost'))).toEqual(address);
  expect(readAddress(new URL('http://localhost/archives/C9/p123')).place).toEqual({
    kind: 'conversation',
    id: 'C9',
  });
});

test('a place that the person may not see gives way to the first channel', () => {
  const conversation = (id: string, kind: 'channel' | 'dm') => ({
    id,
    kind,
    name: id,
    topic: '',
    memberIds: [],
  });
  const conversations = [conversation('D1', 'dm'), conversation('C1', 'channel')];
  expect(choosePlace({ kind: 'conversation', id: 'C9' }, conversations, true)).toEqual({
    kind: 'conversation',
    id: 'C1',
  });
  expect(choosePlace({ kind: 'conversation', id: 'D1' }, conversations, true)).toEqual({
    kind: 'conversation',
    id: 'D1',
  });
  expect(choosePlace({ kind: 'home' }, conversations, false)).toEqual({ kind: 'conversation', id: 'C1' });
});
