import type { PurchaseOffer } from '../../../billing/index.ts';
import { parseDollars } from '../../../money.ts';
import { decodeScope } from '../../../org/index.ts';
import { purchaseCopy } from '../../copy/index.ts';
import { isShownToOne, type MessageClick, readActionValue } from '../../kit/click.ts';
import { quoteTyped, type Subcommand } from '../../kit/command.ts';
import { Refusal } from '../../kit/refusal.ts';
import { openPurchase, type PurchaseStart } from './open-purchase.ts';
import { readTypedLines, readTypedPurchase } from './read-typed-purchase.ts';

/** A button that opens the purchase for the credits that it names. */
const openFor =
  (amount: PurchaseStart['amount']): MessageClick =>
  async (ctx, client, who, body) =>
    await openPurchase(ctx, client, who, {
      triggerId: body.trigger_id,
      amount,
      scope: decodeScope(readActionValue(body)),
      replyUrl: isShownToOne(body) ? (body.response_url ?? null) : null,
    });

/** [Add credits]. */
export const addCredits = openFor(null);

/** [Add $17.40], which clears what the credits are overdrawn by as it is now. */
export const addToResume = openFor('to-resume');

/** `/credits add [amount] [office]`. What was typed is read with the offer: a trigger waits for neither Slack nor the database. */
export const runAdd: Subcommand['run'] = async (ctx, { client, who, rest, triggerId }) => {
  const name = (offer: PurchaseOffer) => {
    const lines = readTypedLines(rest.plain, offer.scopes);
    if (lines !== null) return { amount: null, scope: null, lines };
    const typed = readTypedPurchase(rest.plain, offer.scopes);
    if ('fault' in typed) throw new Refusal(purchaseCopy.badTyped(quoteTyped(typed.typed), typed.fault));
    if ('unknown' in typed) throw new Refusal(describeUnknown(typed.unknown, offer));
    return typed;
  };
  try {
    await openPurchase(ctx, client, who, { triggerId, replyUrl: null, amount: null, name });
  } catch (error) {
    throw withRequestAmount(error, rest.plain);
  }
  return null;
};

/** A refusal that offers to request credits instead takes over the amount that was typed. */
function withRequestAmount(error: unknown, typed: string): unknown {
  if (!(error instanceof Refusal && error.mayRequest)) return error;
  const read = parseDollars(typed.trim().split(/\s+/)[0] ?? '');
  return new Refusal(error.message, {
    mayRequest: true,
    requestAmount: 'amount' in read ? read.amount : null,
  });
}

function describeUnknown(typed: string, { scopes }: PurchaseOffer): string {
  return scopes.some(({ scope }) => scope.kind === 'company')
    ? purchaseCopy.sharedCredits
    : purchaseCopy.unknownOffice(
        quoteTyped(typed),
        scopes.map(({ label }) => label),
      );
}
