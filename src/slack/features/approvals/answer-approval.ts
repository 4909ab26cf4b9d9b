import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { decideApproval } from '../../../billing/index.ts';
import { requirePerson } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { claim } from '../../kit/claim.ts';
import { readActionValue } from '../../kit/click.ts';
import { explainApproval } from '../../refusals.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { approvalWords as words } from '../../copy/index.ts';

type Click = (ctx: SlackContext, client: WebClient, who: Who, body: BlockAction) => Promise<void>;

export const approve: Click = async (ctx, client, who, body) =>
  await decide(ctx, client, { who, body, answer: 'approved' });

export const decline: Click = async (ctx, client, who, body) =>
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
    if (done.outcome === 'already')
      await replyPrivately(client, body, { text: words.already(done.approval) });
    if (done.outcome === 'review-again') await replyPrivately(client, body, { text: words.reviewAgain });
  } catch (error) {
    throw explainApproval(error);
  }
}
