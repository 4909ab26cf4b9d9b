import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { OrderFacts, PurchaseOffer, PurchaseReview } from '../../billing/index.ts';
import { formatDollars, type Money } from '../../money.ts';
import type { Scope } from '../../org/index.ts';
import { button, buttons, escapeText, facts, linkButton, quiet, section } from '../blocks/build.ts';
import { IDS } from '../ids.ts';
import { generalWords, purchaseWords as words } from '../words/en.ts';
import { formatPayBy } from '../words/format.ts';

/** What a drawing needs besides the facts: the reader's zone and the time. */
export interface Reader {
  timeZone: string;
  now: Date;
}

/** How a form was filled in before, so that going back loses nothing. */
export interface Chosen {
  scope?: Scope;
  amount?: Money;
}

const plain = (text: string): { type: 'plain_text'; text: string } => ({ type: 'plain_text', text });
const option = (text: string, value: string): PlainTextOption => ({ text: plain(text), value });

/** The value of a scope in a form; read back by `readScope`, and checked against what the person may buy for. */
export function scopeValue(scope: Scope): string {
  return scope.kind === 'company' ? 'company' : `office:${scope.officeId}`;
}

function modal(
  callbackId: string,
  token: string,
  parts: { title: string; blocks: KnownBlock[]; submit?: string; close: string },
): ModalView {
  return {
    type: 'modal',
    callback_id: callbackId,
    private_metadata: token,
    title: plain(parts.title),
    close: plain(parts.close),
    blocks: parts.blocks,
    ...(parts.submit === undefined ? {} : { submit: plain(parts.submit) }),
  };
}

/** Shown at once where the data takes longer than a blink. */
export function loadingView(): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: words.title,
    blocks: [section(words.loading)],
    close: words.cancel,
  });
}

/** A window that only says something. */
export function wordsView(text: string): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: words.title,
    blocks: [section(text)],
    close: words.close,
  });
}

/** Step 1: for whom, and how much. Without a card there is nothing to review yet, so it leads to the card page. */
export function formView(
  token: string,
  offer: PurchaseOffer,
  reader: Reader,
  chosen: Chosen = {},
): ModalView {
  const needsCard = offer.payBy.method === 'card' && offer.payBy.card === null;
  if (needsCard) {
    const addCard = buttons(button(words.addCard, IDS.action.purchaseOtherCard, { primary: true }));
    return modal(IDS.view.purchaseForm, token, {
      title: words.title,
      blocks: [section(words.noCard), addCard],
      close: words.cancel,
    });
  }
  return modal(IDS.view.purchaseForm, token, {
    title: words.title,
    blocks: [
      ...scopeInput(offer, chosen),
      ...amountInputs(offer, chosen),
      quiet(words.paidHow(offer.payBy, reader.timeZone, reader.now)),
    ],
    submit: words.review,
    close: words.cancel,
  });
}

function scopeInput(offer: PurchaseOffer, chosen: Chosen): KnownBlock[] {
  if (offer.scopes.length < 2) return [];
  const options = offer.scopes
    .slice(0, 100)
    .map(({ scope, label, balance }) =>
      option(`${label.slice(0, 50)} · ${formatDollars(balance)}`, scopeValue(scope)),
    );
  const wanted = chosen.scope === undefined ? undefined : scopeValue(chosen.scope);
  const initial = options.find(({ value }) => value === wanted) ?? options[0];
  return [
    {
      type: 'input',
      block_id: IDS.field.scope,
      label: plain(words.scopeLabel),
      element: {
        type: 'static_select',
        action_id: IDS.field.scope,
        options,
        ...(initial === undefined ? {} : { initial_option: initial }),
      },
    },
  ];
}

function amountInputs(offer: PurchaseOffer, chosen: Chosen): KnownBlock[] {
  const options = [
    ...offer.choices.map((amount) => option(formatDollars(amount).replace(/\.00$/, ''), amount.toFixed(2))),
    option(words.otherOption, 'other'),
  ];
  const wanted = chosen.amount?.toFixed(2) ?? '50.00';
  const known = options.find(({ value }) => value === wanted);
  const initial = known ?? (chosen.amount === undefined ? options[0] : options.at(-1));
  const isOther = initial?.value === 'other';
  return [
    {
      type: 'input',
      block_id: IDS.field.choice,
      label: plain(words.choiceLabel),
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
      label: plain(words.otherLabel),
      hint: plain(words.otherHint(offer.limits.min, offer.limits.max)),
      element: {
        type: 'plain_text_input',
        action_id: IDS.field.other,
        max_length: 40,
        ...(isOther && chosen.amount !== undefined ? { initial_value: chosen.amount.toFixed(2) } : {}),
      },
    },
  ];
}

/** Step 2: what it costs and what comes of it, before anything is charged (R9). */
export function reviewView(review: PurchaseReview, reader: Reader): ModalView {
  return modal(IDS.view.purchaseReview, review.token, {
    title: words.reviewTitle,
    blocks: [
      ...(review.meanwhile.length === 0 ? [] : [section(words.meanwhile(review.meanwhile, reader.now))]),
      facts([
        [words.credits, formatDollars(review.amount)],
        [words.office, escapeText(review.scopeLabel)],
        [words.paidWith, formatPayBy(review.payBy, reader.timeZone, reader.now)],
        [words.chargedNow, formatDollars(review.chargedNow)],
        [words.balance, words.change(review.balanceBefore, review.balanceAfter)],
      ]),
      buttons(button(words.back, IDS.action.purchaseBack, { value: review.token })),
    ],
    submit: words.confirm,
    close: words.cancel,
  });
}

/** Step 3, in whatever state the purchase is. */
export function resultView(order: OrderFacts): ModalView {
  return modal(IDS.view.purchaseResult, order.token, {
    title: words.title,
    blocks: resultBlocks(order),
    close: words.close,
  });
}

export function resultBlocks(order: OrderFacts): KnownBlock[] {
  switch (order.state) {
    case 'settled':
      return [section(words.added(order))];
    case 'declined':
      return [section(words.declined(order.failure?.code ?? '')), retryButtons(order)];
    case 'needs_action':
      return [
        section(words.needsAction),
        buttons(
          ...(order.actionUrl === null
            ? []
            : [linkButton(words.openBank, order.actionUrl, { primary: true })]),
          button(words.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
        ),
      ];
    case 'unknown':
      return [section(words.unknown)];
    case 'abandoned':
      return [section(generalWords.abandoned)];
    default:
      return [section(`:hourglass_flowing_sand: ${words.adding(order.amount)}`), quiet(words.addingMore)];
  }
}

function retryButtons(order: OrderFacts): KnownBlock {
  return buttons(
    button(words.tryAgain, IDS.action.purchaseRetry, { value: order.token, primary: true }),
    button(words.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
  );
}

/** The way to the processor's card page, and back to the purchase that waits for it. */
export function cardPageView(token: string, url: string, isFirstCard: boolean): ModalView {
  return modal(IDS.view.purchaseResult, token, {
    title: words.addCard,
    blocks: [
      section(isFirstCard ? words.noCard : words.otherCardIntro),
      buttons(
        linkButton(words.cardPage, url, { primary: true }),
        isFirstCard
          ? button(words.back, IDS.action.purchaseBack, { value: token })
          : button(words.tryAgain, IDS.action.purchaseRetry, { value: token }),
      ),
    ],
    close: words.close,
  });
}
