import type { WebClient } from '@slack/web-api';
import { escapeText, shorten } from '../copy/mrkdwn.ts';
import type { Right } from '../rights.ts';
import type { SlackContext, Who } from './context.ts';
import type { Message } from './reply.ts';
import type { TypedText } from './typed-text.ts';

/** A command as it was typed, and by whom. */
export interface TypedCommand {
  client: WebClient;
  who: Who;
  /** What stands after the subcommand. */
  rest: TypedText;
  triggerId: string;
  channel: { id: string; name: string };
  replyUrl: string;
  /** When it arrived, by `performance.now()`: what was read since then is recent enough to answer it. */
  askedAt: number;
}

/** A line of `/credits help`, for those who hold the right. */
export interface HelpLine {
  for: Right;
  text: string;
}

/** A word after `/credits`. */
export interface Subcommand {
  word: string;
  /** Other words that people type for it; `''`: nothing at all. */
  also?: readonly string[];
  /** Whether it is meant where something else stands first, like the amount in `/credits 50`; then all of it is its rest. */
  takes?(word: string): boolean;
  help: readonly HelpLine[];
  /** Returns the answer to whoever typed it; null: it was given, or a modal opened. */
  run(ctx: SlackContext, typed: TypedCommand): Promise<Message | null>;
}

/** What a person typed, short and harmless enough to be repeated to them. */
export function quoteTyped(typed: string): string {
  return escapeText(shorten(typed, 40).replaceAll('`', '’'));
}
