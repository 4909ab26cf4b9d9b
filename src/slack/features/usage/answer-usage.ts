import { requirePerson } from '../../access/require-person.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { readTypedText, type TypedText } from '../../kit/typed-text.ts';
import { holds } from '../../rights.ts';
import type { Answer } from './rendered.ts';
import { showOwnUsage } from './show-own-usage.ts';
import { showUsage } from './show-usage.ts';

/** Usage with its cost for those who may see it; a member's own records without (R30). */
export async function answerUsage(
  ctx: SlackContext,
  who: Who,
  typed: TypedText,
  answer: Answer,
): Promise<void> {
  const person = await requirePerson(ctx, who);
  if (holds(person, 'see_usage')) await showUsage(ctx, person, typed, answer);
  else await showOwnUsage(ctx, person, typed.plain, answer);
}

/** [Usage]: this month's, or of the period that the button names as one would type it. */
export const showPeriod: MessageClick = async (ctx, client, who, body) =>
  await answerUsage(ctx, who, readTypedText(readActionValue(body)), (message) =>
    replyPrivately(client, body, message),
  );
