import type { Person } from '../org/index.ts';
import type { BillingDeps } from './deps.ts';
import { openDraft as openPurchase } from './kinds/purchase/review-purchase.ts';
import { findRequestToAnswer } from './requests/read-request.ts';

/**
 * Opens a purchase for this person, on its own or, with a request's token, to answer that request. Throws what
 * `findRequestToAnswer` throws, and RefillError `not-allowed`.
 */
export async function openDraft(
  deps: BillingDeps,
  person: Person,
  { requestToken, ...from }: { viewId?: string; replyUrl?: string; requestToken?: string },
): Promise<{ token: string }> {
  if (requestToken === undefined) return await openPurchase(deps, person, from);
  const { id: requestId } = await findRequestToAnswer(deps.db, person, requestToken);
  return await openPurchase(deps, person, { ...from, requestId });
}
