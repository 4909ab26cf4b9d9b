import type { KnownBlock } from '@slack/types';
import { isDatabaseUnavailable, isUnstorableText } from '../../db/index.ts';
import { newReference } from '../../reference.ts';
import { generalCopy } from '../copy/index.ts';
import { describeError } from '../refusals.ts';
import { UncertainClaimError } from './claim.ts';
import type { SlackContext, Who } from './context.ts';
import { offerRequest } from './offer-request.ts';
import { Refusal } from './refusal.ts';

export interface GuardedWork {
  id: string;
  who: Who;
}

/**
 * Runs a handler so that the person always gets an answer: the handler's own refusals as they are, everything else as
 * a sentence that says what was not done, with a reference that the log has too.
 */
export async function guard(
  ctx: SlackContext,
  what: GuardedWork,
  work: () => Promise<void>,
  reply: (text: string, blocks?: KnownBlock[]) => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const text = describe(ctx, what, error);
    const offer =
      error instanceof Refusal && error.mayRequest ? offerRequest(text, error.requestAmount) : undefined;
    await reply(text, offer).catch((failure: unknown) => {
      ctx.log.warn({ err: failure, listener: what.id }, 'the answer to a failed request could not be sent');
    });
  }
}

function describe(ctx: SlackContext, what: GuardedWork, error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (isRefusedForItsText(error)) return generalCopy.outdated;
  const sentence = describeError(error);
  if (sentence !== null) return sentence;
  const reference = newReference();
  ctx.log.error({ err: error, reference, listener: what.id, ...what.who }, 'a request from Slack failed');
  if (error instanceof UncertainClaimError) return generalCopy.failedPerhapsCharged(reference);
  return isDatabaseUnavailable(error) ? generalCopy.databaseAway(reference) : generalCopy.failed(reference);
}

/** A statement that PostgreSQL refuses for its text has done nothing, in a claim as anywhere. */
function isRefusedForItsText(error: unknown): boolean {
  return isUnstorableText(error instanceof UncertainClaimError ? error.cause : error);
}
