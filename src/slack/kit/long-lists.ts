import type { App } from '@slack/bolt';
import type { PlainTextOption } from '@slack/types';
import { z } from 'zod';
import { type SlackContext, type Who, whoOf } from './context.ts';
import { matchOptions } from './form-fields.ts';
import { guard } from './guard.ts';
import { Refusal } from './refusal.ts';
import { slackId } from './slack-id.ts';

/** What Slack asks of a list that is too long to send with its modal. */
export interface Suggestion {
  who: Who;
  /** What the person typed so far. */
  typed: string;
  /** The modal's `private_metadata`: opaque, and untrusted like everything that went through a client. */
  token: string;
}

/** The options of one list, for the person who asks. They may all come back: what was typed narrows them afterwards. */
export type Suggest = (ctx: SlackContext, suggestion: Suggestion) => Promise<PlainTextOption[]>;

/** Stands for the modal of a list that is in a message. */
export const MESSAGE_LIST_KEY = '';

/** Lists by the callback id of their modal (or `MESSAGE_LIST_KEY`), then by their action id. */
export type Suggestions = Readonly<Record<string, Readonly<Record<string, Suggest>>>>;

/** How Slack asks for the options of a list; of a list in a message it has no view. */
export const optionsAsked = z.looseObject({
  type: z.literal('block_suggestion'),
  team: z.looseObject({ id: slackId }).nullish(),
  user: z.looseObject({ id: slackId, team_id: slackId.nullish() }),
  action_id: z.string(),
  value: z.string().max(2_000).nullish(),
  view: z
    .looseObject({
      id: z.string(),
      callback_id: z.string().nullish(),
      private_metadata: z.string().nullish(),
    })
    .nullish(),
});

/** Answers Slack's questions for options. Whoever may not see a list, or asks for one that is gone, gets an empty one. */
export function registerSuggestions(app: App, ctx: SlackContext, suggestions: Suggestions): void {
  app.options<'block_suggestion'>(/^/, async ({ ack, body }) => {
    const question = optionsAsked.parse(body);
    const { action_id: id } = question;
    const suggest = suggestions[question.view?.callback_id ?? MESSAGE_LIST_KEY]?.[id];
    if (suggest === undefined) return await ack({ options: [] });
    const who = whoOf(question);
    const typed = question.value ?? '';
    const suggestion = { who, typed, token: question.view?.private_metadata ?? '' };
    await guard(
      ctx,
      { id, who },
      async () => await ack({ options: matchOptions(await orNone(suggest(ctx, suggestion)), typed) }),
      async () => await ack({ options: [] }),
    );
  });
}

async function orNone(options: Promise<PlainTextOption[]>): Promise<PlainTextOption[]> {
  try {
    return await options;
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}
