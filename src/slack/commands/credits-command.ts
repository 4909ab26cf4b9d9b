import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { generalCopy } from '../copy/index.ts';
import { features } from '../features.ts';
import { quoteTyped, type Subcommand, type TypedCommand } from '../kit/command.ts';
import type { SlackContext } from '../kit/context.ts';
import { guard } from '../kit/guard.ts';
import { Refusal } from '../kit/refusal.ts';
import { replyPrivately, replyTo } from '../kit/reply.ts';
import { readTypedText, splitCommand, type TypedText } from '../kit/typed-text.ts';
import { listCommands } from './list-commands.ts';
import { suggestCommand } from './suggest-command.ts';

type CommandArgs = Pick<SlackCommandMiddlewareArgs, 'ack' | 'command'> &
  Pick<AllMiddlewareArgs<Partial<QueuedContext>>, 'client' | 'context'>;

const help: Subcommand = {
  word: 'help',
  help: [{ for: 'ask_for_help', text: generalCopy.helpHelp }],
  run: async (ctx, { who }) => ({ text: await listCommands(ctx, who, all) }),
};

const all: readonly Subcommand[] = [...features.flatMap(({ commands }) => commands ?? []), help];

/** The words that may follow `/credits`, one for each command. */
export const SUBCOMMANDS: readonly string[] = all.map(({ word }) => word);

/** Every word that may follow `/credits`, also those that people type for others. */
export const subcommands: Readonly<Record<string, Subcommand>> = Object.fromEntries(
  all.flatMap((subcommand) =>
    [subcommand.word, ...(subcommand.also ?? [])].map((word) => [word, subcommand]),
  ),
);

/** All that was typed, as if the subcommand stood before it. */
function withSubcommand(word: string, { plain, withoutPeople, userIds }: TypedText): TypedText {
  return splitCommand({ plain: `${word} ${plain}`, withoutPeople: `${word} ${withoutPeople}`, userIds }).rest;
}

function throwUnknown(word: string): never {
  throw new Refusal(generalCopy.unknownCommand(quoteTyped(word), suggestCommand(word, SUBCOMMANDS)));
}

/** What Bolt's context has of a command that came by HTTP and waited for its turn. */
export interface QueuedContext {
  /** When it arrived, by `performance.now()`. */
  askedAt: number;
  /** To be called when all that is left is to wait for Slack. */
  letNextStart(): void;
}

/** `/credits …`: acknowledged at once, answered to the asker alone. */
export async function onCredits(
  ctx: SlackContext,
  { ack, command, client, context }: CommandArgs,
): Promise<void> {
  await ack();
  const who = { teamId: command.team_id, userId: command.user_id };
  // Slack's types promise a text; its forms may leave an empty field out.
  const text = readTypedText(command.text ?? '');
  const { subcommand: word, rest } = splitCommand(text);
  const asker = { user: { id: who.userId }, response_url: command.response_url };
  const typed: TypedCommand = {
    client,
    who,
    rest,
    triggerId: command.trigger_id,
    channel: { id: command.channel_id, name: command.channel_name },
    replyUrl: command.response_url,
    askedAt: context.askedAt ?? performance.now(),
  };
  const work = async (): Promise<void> => {
    const name = word.toLowerCase();
    const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
    const taker = all.find(({ takes }) => takes?.(word));
    const answer =
      subcommand !== undefined
        ? await subcommand.run(ctx, typed)
        : taker !== undefined
          ? await taker.run(ctx, { ...typed, rest: withSubcommand(taker.word, text) })
          : throwUnknown(word);
    context.letNextStart?.();
    if (answer !== null) await replyPrivately(client, asker, answer);
  };
  await guard(ctx, { id: '/credits', who }, work, replyTo(client, asker));
}
