import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { decideApproval } from '../../../billing/index.ts';
import { requirePerson } from '../../access/require-person.ts';
import { approvalCopy as copy } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import type { MessageClick } from '../../kit/click.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { toRefusal } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';

export const approve: MessageClick = async (ctx, client, who, body) =>
  await decide(ctx, client, { who, body, answer: 'approved' });

export const decline: MessageClick = async (ctx, client, who, body) =>
  await decide(ctx, client, { who, body, answer: 'declined' });

/** Every message of the question is updated by the outbox; only a click that came too late, or may not count, is answered. */
async function decide(
  ctx: SlackContext,
  client: WebClient,
  { who, body, answer }: { who: Who; body: BlockAction; answer: 'approved' | 'declined' },
): Promise<void> {
  const person = await requirePerson(ctx, who);
  try {
    const done = await claim(() => decideApproval(ctx.billing, person, readActionValue(body), answer));
    if (done.outcome === 'already') await replyPrivately(client, body, { text: copy.already(done.approval) });
    if (done.outcome === 'review-again') await replyPrivately(client, body, { text: copy.reviewAgain });
  } catch (error) {
    throw toRefusal('approval', error);
  }
}
