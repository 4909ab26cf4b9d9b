import { readRequestStart } from '../../../billing/index.ts';
import { requirePerson, requireRight } from '../../access/require-person.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import { toRefusal } from '../../kit/refusal.ts';
import { openPurchase } from './open-purchase.ts';

/** [Add credits] under a request: the purchase with its amount. */
export const addForRequest: MessageClick = async (ctx, client, who, body) => {
  const person = await requirePerson(ctx, who);
  try {
    const request = await readRequestStart(ctx.db, person, readActionValue(body));
    await requireRight(ctx, who, 'buy');
    await openPurchase(ctx, client, who, {
      triggerId: body.trigger_id,
      amount: null,
      replyUrl: null,
      request,
    });
  } catch (error) {
    throw toRefusal('request', error);
  }
};
