/** Messages as they are laid out: by day, runs of one author together, replies below what they answer. Pure. */
import type { Message } from '../../protocol.ts';
import { dayKey } from '../text/date-token.ts';

export interface Row {
  message: Message;
  /** Right after a message of the same author: drawn without name and picture. */
  isContinuation: boolean;
  replies: Message[];
}

export interface Day {
  /** `2026-11-24` */
  key: string;
  at: Date;
  rows: Row[];
}

const TOGETHER_SECONDS = 5 * 60;

/** When a message was sent. */
export const sentAt = (message: Message): Date => new Date(Number(message.ts) * 1000);

function continues(message: Message, before: Row | undefined): boolean {
  if (before === undefined || before.replies.length > 0) return false;
  const { message: last } = before;
  return (
    last.userId === message.userId &&
    last.ephemeral === message.ephemeral &&
    Number(message.ts) - Number(last.ts) < TOGETHER_SECONDS
  );
}

/** @param messages of one conversation, oldest first */
export function arrangeMessages(messages: readonly Message[], zone: string): Day[] {
  const known = new Set(messages.map((each) => each.ts));
  const isReply = (message: Message) =>
    message.threadTs !== null && message.threadTs !== message.ts && known.has(message.threadTs);
  const days: Day[] = [];
  for (const message of messages.filter((each) => !isReply(each))) {
    const at = sentAt(message);
    const key = dayKey(at, zone);
    const replies = messages.filter((each) => isReply(each) && each.threadTs === message.ts);
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, at, rows: [] };
      days.push(day);
    }
    day.rows.push({ message, isContinuation: continues(message, day.rows.at(-1)), replies });
  }
  return days;
}
