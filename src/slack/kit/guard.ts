import type { KnownBlock } from '@slack/types';
import { isDatabaseUnavailable, isUnstorableText } from '../../db/index.ts';
import { hasCode, RefillError } from '../../errors.ts';
import { newReference } from '../../reference.ts';
import { Refusal } from '../access/require-person.ts';
import type { SlackContext, Who } from './context.ts';
import { UncertainClaimError } from './claim.ts';
import { offerRequest } from '../features/requests/request-views.ts';
import { generalWords } from '../copy/index.ts';

/** What a button or a form names and nobody knows (any more); the workspace and its company are no such values. */
const UNKNOWN = /^(?!workspace-|company-).*-unknown$/;
/** Errors that mean "this was overtaken", not "this failed". */
const OUTDATED = new Set(['order-closed', 'order-not-reviewed', 'changed-meanwhile']);

export interface GuardedWork {
  id: string;
  who: Who;
}

/**
 * Runs a handler so that whoever asked always gets words: the handler's own refusals as they are, everything else as
 * a sentence that says what was not done, with a reference that the log has too.
 */
export async function guard(
  ctx: SlackContext,
  what: GuardedWork,
  work: () => Promise<void>,
  say: (words: string, blocks?: KnownBlock[]) => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const words = wordsFor(ctx, what, error);
    const mayRequest = error instanceof Refusal && error.mayRequest;
    await say(words, mayRequest ? offerRequest(words) : undefined).catch((failure: unknown) => {
      ctx.log.warn({ err: failure, listener: what.id }, 'the words for an error could not be said');
    });
  }
}

function wordsFor(ctx: SlackContext, what: GuardedWork, error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (isOutdated(error)) return generalWords.outdated;
  if (hasCode(error, 'not-allowed')) return generalWords.notAllowed;
  const reference = newReference();
  ctx.log.error({ err: error, reference, listener: what.id, ...what.who }, 'a request from Slack failed');
  if (error instanceof UncertainClaimError) return generalWords.failedPerhapsCharged(reference);
  return isDatabaseUnavailable(error) ? generalWords.databaseAway(reference) : generalWords.failed(reference);
}

/** A statement that PostgreSQL refuses for its text has done nothing, in a claim as anywhere. */
function isOutdated(error: unknown): boolean {
  const cause = error instanceof UncertainClaimError ? error.cause : error;
  return (
    isUnstorableText(cause) ||
    (cause instanceof RefillError && (OUTDATED.has(cause.code) || UNKNOWN.test(cause.code)))
  );
}
