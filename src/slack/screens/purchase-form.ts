import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { PurchaseOffer } from '../../billing/index.ts';
import { formatDollars, type Money } from '../../money.ts';
import { encodeScope, type Scope } from '../../org/index.ts';
import { displayText } from '../../outside-text.ts';
import { cardCopy, purchaseCopy as copy } from '../copy/index.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { button, buttons, quiet, section } from '../kit/blocks.ts';
import { longSelect, option } from '../kit/form-fields.ts';
import { modal, plain } from '../kit/modal.ts';
import type { ViewerContext } from '../kit/viewer.ts';
import { IDS } from './ids.ts';

/** How a form was filled in before, so that going back loses nothing. */
export interface Chosen {
  scope?: Scope;
  amount?: Money;
}

/** Step 1: for whom, and how much. Without a card there is nothing to review yet, so it leads to the card page. */
export function formView(
  token: string,
  offer: PurchaseOffer,
  viewer: ViewerContext,
  chosen: Chosen = {},
): ModalView {
  const { payBy } = offer;
  const needsCard = payBy.method === 'card' && (payBy.card === null || payBy.card.needsReplacing);
  if (needsCard) {
    const addCard = buttons(button(copy.addCard, IDS.action.purchaseOtherCard, { primary: true }));
    return modal(IDS.view.purchaseForm, token, {
      title: copy.title,
      blocks:
        offer.cardToConfirm === null
          ? [section(payBy.card === null ? copy.noCard : copy.needsReplacing(payBy.card)), addCard]
          : [section(cardCopy.waitingInForm(offer.cardToConfirm))],
      close: copy.cancel,
    });
  }
  return modal(IDS.view.purchaseForm, token, {
    title: copy.title,
    blocks: [
      ...scopeInput(offer, chosen),
      ...amountInputs(offer, chosen),
      quiet(copy.paidHow(offer.payBy, viewer.timeZone, viewer.now)),
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

/** Where credits can go, as the menu offers it. */
export function scopeOptions(offer: PurchaseOffer): PlainTextOption[] {
  return offer.scopes.map(({ scope, label, balance }) =>
    option(`${displayText(shorten(label, 50))} · ${formatDollars(balance)}`, encodeScope(scope)),
  );
}

/** Which office. None is chosen beforehand unless one was named: an office is never guessed. */
function scopeInput(offer: PurchaseOffer, chosen: Chosen): KnownBlock[] {
  if (offer.scopes.length < 2) return [];
  const wanted = chosen.scope === undefined ? undefined : encodeScope(chosen.scope);
  return [
    {
      type: 'input',
      block_id: IDS.field.scope,
      label: plain(copy.scopeLabel),
      element: longSelect(IDS.field.scope, scopeOptions(offer), {
        wanted,
        placeholder: copy.chooseOffice,
      }),
    },
  ];
}

function amountInputs(offer: PurchaseOffer, chosen: Chosen): KnownBlock[] {
  const options = [
    ...offer.choices.map((amount) => option(formatDollars(amount).replace(/\.00$/, ''), amount.toFixed(2))),
    option(copy.otherOption, 'other'),
  ];
  const wanted = chosen.amount?.toFixed(2) ?? '50.00';
  const known = options.find(({ value }) => value === wanted);
  const initial = known ?? (chosen.amount === undefined ? options[0] : options.at(-1));
  const isOther = initial?.value === 'other';
  return [
    {
      type: 'input',
      block_id: IDS.field.choice,
      label: plain(copy.choiceLabel),
      element: {
        type: 'radio_buttons',
        action_id: IDS.field.choice,
        options,
        ...(initial === undefined ? {} : { initial_option: initial }),
      },
    },
    {
      type: 'input',
      block_id: IDS.field.other,
      optional: true,
      label: plain(copy.otherLabel),
      hint: plain(copy.otherHint(offer.limits.min, offer.limits.max)),
      element: {
        type: 'plain_text_input',
        action_id: IDS.field.other,
        max_length: 40,
        ...(isOther && chosen.amount !== undefined ? { initial_value: chosen.amount.toFixed(2) } : {}),
      },
    },
  ];
}
