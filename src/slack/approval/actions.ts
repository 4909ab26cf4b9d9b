import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { decideApproval } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { Refusal, requirePerson } from '../access/require-person.ts';
import type { SlackContext, Who } from '../context.ts';
import { claim } from '../purchase/claim.ts';
import { explainRefusal } from '../purchase/explain.ts';
import { readActionValue } from '../read-action-value.ts';
import { replyPrivately } from '../reply.ts';
import { bundleWords, approvalWords as words } from '../words/en.ts';

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
    throw explain(error);
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof RefillError)) return error;
  switch (error.code) {
    case 'approval-unknown':
      return new Refusal(words.gone);
    case 'approver-is-requester':
      return new Refusal(words.ownRequest);
    case 'not-approver':
      return new Refusal(
        words.notYours(
          (error.details.approvers as readonly string[] | undefined) ?? [],
          error.details.isCompanyWide === true,
        ),
      );
    case 'requester-may-not':
      return new Refusal(words.askerMayNot);
    case 'no-card':
      return new Refusal(words.noCard);
    case 'bundle-unknown':
    case 'subscription-unknown':
      return new Refusal(words.notNow(bundleWords.gone));
    case 'above-operator':
      return new Refusal(words.aboveOperator);
    default: {
      const sentence = explainRefusal(error);
      return sentence === null ? error : new Refusal(words.notNow(sentence));
    }
  }
}
