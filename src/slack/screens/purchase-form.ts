import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { PurchaseOffer } from '../../billing/index.ts';
import { formatBalance, formatDollars, type Money } from '../../money.ts';
import { encodeScope, isSameScope, type Scope } from '../../org/index.ts';
import { displayText } from '../../outside-text.ts';
import { cardCopy, purchaseCopy as copy } from '../copy/index.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { button, buttons, quiet, section } from '../kit/blocks.ts';
import { longSelect, option } from '../kit/form-fields.ts';
import { modal, plain } from '../kit/modal.ts';
import type { ViewerContext } from '../kit/viewer.ts';
import { IDS } from './ids.ts';

/** Slack takes so many options in one list. */
const MAX_CARDS = 100;

/** How a form was filled in before, so that going back loses nothing. */
export interface Chosen {
  scope?: Scope;
  amount?: Money;
  cardId?: bigint | null;
}

/** Whether there is nothing to pay with: no card may be charged, and none is there to choose. */
export function needsCard({ payBy, defaultCardId, cards }: PurchaseOffer): boolean {
  return payBy.method === 'card' && defaultCardId === null && cards.length === 0;
}

/** Step 1: for whom, how much, and with which card. Without a card there is nothing to review yet, so it leads to the card page. */
export function formView(
  token: string,
  offer: PurchaseOffer,
  viewer: ViewerContext,
  chosen: Chosen = {},
): ModalView {
  if (offer.pausedFor !== null) {
    return modal(IDS.view.purchaseForm, token, {
      title: copy.title,
      blocks: [section(copy.paused[offer.pausedFor])],
      close: copy.close,
    });
  }
  if (needsCard(offer)) return cardNeededView(token, offer);
  return modal(IDS.view.purchaseForm, token, {
    title: copy.title,
    blocks: [
      ...scopeInput(offer, chosen),
      ...amountInputs(offer, chosen),
      ...payInput(offer, viewer, chosen),
      ...(offer.scopes.length < 2
        ? []
        : [buttons(button(copy.severalOffices, IDS.action.purchaseSeveral, { value: token }))]),
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

/** How it is paid, or with which card. */
function payInput(offer: PurchaseOffer, viewer: ViewerContext, chosen: Chosen): KnownBlock[] {
  return asksForCard(offer)
    ? [cardInput(offer, chosen)]
    : [quiet(copy.paidHow(offer.payBy, viewer.timeZone, viewer.now))];
}

/** Offices with a field each; Slack takes a hundred blocks, and people fewer. */
const MAX_FIELDS = 40;

/** Step 1 for several offices at once: so much for each, in one charge. */
export function linesView(
  token: string,
  offer: PurchaseOffer,
  viewer: ViewerContext,
  chosen: { lines?: readonly { scope: Scope; amount: Money }[]; cardId?: bigint | null } = {},
): ModalView {
  if (offer.pausedFor !== null || needsCard(offer)) return formView(token, offer, viewer);
  const shown = offer.scopes.slice(0, MAX_FIELDS);
  const amountOf = (scope: Scope) => chosen.lines?.find((line) => isSameScope(line.scope, scope))?.amount;
  return modal(IDS.view.purchaseLines, token, {
    title: copy.title,
    blocks: [
      section(copy.severalIntro(shown.length, offer.scopes.length)),
      ...shown.map(({ scope, label, balance }): KnownBlock => {
        const amount = amountOf(scope);
        const id = `${IDS.field.line}:${encodeScope(scope)}`;
        return {
          type: 'input',
          block_id: id,
          optional: true,
          label: plain(`${displayText(shorten(label, 60))} · ${formatBalance(balance)}`),
          element: {
            type: 'plain_text_input',
            action_id: id,
            max_length: 40,
            ...(amount === undefined ? {} : { initial_value: amount.toFixed(2) }),
          },
        };
      }),
      ...payInput(offer, viewer, chosen.cardId === undefined ? {} : { cardId: chosen.cardId }),
      buttons(button(copy.oneOffice, IDS.action.purchaseBack, { value: token })),
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

function cardNeededView(token: string, { payBy, cardToConfirm }: PurchaseOffer): ModalView {
  const card = payBy.method === 'card' ? payBy.card : null;
  return modal(IDS.view.purchaseForm, token, {
    title: copy.title,
    blocks:
      cardToConfirm === null
        ? [
            section(card === null ? copy.noCard : copy.needsReplacing(card)),
            buttons(button(copy.addCard, IDS.action.purchaseOtherCard, { primary: true })),
          ]
        : [section(cardCopy.waitingInForm(cardToConfirm))],
    close: copy.cancel,
  });
}

/** There is a choice between several cards, or one has to be chosen as the default one cannot be charged. */
function asksForCard({ payBy, cards, defaultCardId }: PurchaseOffer): boolean {
  return payBy.method === 'card' && (cards.length > 1 || (defaultCardId === null && cards.length > 0));
}

function cardInput({ cards, defaultCardId }: PurchaseOffer, chosen: Chosen): KnownBlock {
  const options = cards
    .slice(0, MAX_CARDS)
    .map((card) =>
      option(copy.cardOption(card, card.cardId === defaultCardId), encodeCard(card.cardId, defaultCardId)),
    );
  return {
    type: 'input',
    block_id: IDS.field.payCard,
    label: plain(copy.payWithLabel),
    element: longSelect(IDS.field.payCard, options, {
      wanted: encodeCard(chosen.cardId ?? defaultCardId, defaultCardId),
      placeholder: copy.chooseCardOption,
    }),
  };
}

/** The default card is no choice: it stays whichever is the default when the purchase is confirmed, or is asked about anew. */
function encodeCard(cardId: bigint | null, defaultCardId: bigint | null): string {
  return cardId === null || cardId === defaultCardId ? 'default' : `card:${cardId}`;
}

/** Where credits can go, as the menu offers it. */
export function scopeOptions(offer: PurchaseOffer): PlainTextOption[] {
  return offer.scopes.map(({ scope, label, balance }) =>
    option(`${displayText(shorten(label, 50))} · ${formatBalance(balance)}`, encodeScope(scope)),
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

/** An amount that is there already is no choice among presets. A typed amount wins over a preset. */
function amountInputs(offer: PurchaseOffer, { amount }: Chosen): KnownBlock[] {
  const options = offer.choices.map((choice) =>
    option(formatDollars(choice).replace(/\.00$/, ''), choice.toFixed(2)),
  );
  const wanted = amount?.toFixed(2) ?? '50.00';
  const known = options.find(({ value }) => value === wanted);
  const initial = known ?? options[0];
  const isTyped = initial === undefined || (amount !== undefined && known === undefined);
  const typed: KnownBlock = {
    type: 'input',
    block_id: IDS.field.other,
    optional: !isTyped,
    label: plain(isTyped ? copy.amountLabel : copy.otherLabel),
    hint: plain(copy.otherHint(offer.limits.min, offer.limits.max)),
    element: {
      type: 'plain_text_input',
      action_id: IDS.field.other,
      max_length: 40,
      ...(isTyped && amount !== undefined ? { initial_value: amount.toFixed(2) } : {}),
    },
  };
  if (isTyped) return [typed];
  return [
    {
      type: 'input',
      block_id: IDS.field.choice,
      label: plain(copy.choiceLabel),
      element: {
        type: 'radio_buttons',
        action_id: IDS.field.choice,
        options,
        initial_option: initial,
      },
    },
    typed,
  ];
}
