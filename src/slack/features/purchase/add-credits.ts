import { parseDollars } from '../../../money.ts';
import { decodeScope } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { describeFault } from '../../copy/amounts.ts';
import { purchaseCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import { quoteTyped, type Subcommand } from '../../kit/command.ts';
import { Refusal } from '../../kit/refusal.ts';
import { openPurchase } from './open-purchase.ts';

/** [Add credits], for the credits that the button names. */
export const addCredits: MessageClick = async (ctx, client, who, body) =>
  await openPurchase(ctx, client, who, {
    triggerId: body.trigger_id,
    amount: null,
    scope: decodeScope(readActionValue(body)),
    replyUrl: body.container.is_ephemeral === true ? (body.response_url ?? null) : null,
  });

/** `/credits add [amount]`. */
export const runAdd: Subcommand['run'] = async (ctx, { client, who, rest, triggerId }) => {
  const typed = rest.plain;
  const read = typed === '' ? { amount: null } : parseDollars(typed);
  if ('fault' in read) {
    await requireRight(ctx, who, 'buy');
    throw new Refusal(purchaseCopy.badTyped(quoteTyped(typed), describeFault(read.fault)));
  }
  await openPurchase(ctx, client, who, { triggerId, replyUrl: null, amount: read.amount });
  return null;
};
