import type { KnownBlock, ModalView } from '@slack/types';
import type { OrderFacts, PurchaseReview } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { visibleText } from '../../outside-text.ts';
import { endOfReview } from '../features/approvals/answer-buttons.ts';
import { button, buttons, facts, linkButton, namedButtons, quiet, section } from '../kit/blocks.ts';
import { IDS } from '../ids.ts';
import { approvalWords, generalWords, purchaseWords as words } from '../copy/index.ts';
import { formatPayBy } from '../copy/format.ts';
import { nameLines } from '../copy/order-lines.ts';
import { writeShown } from '../kit/shown-charge.ts';

/** How many balances a review shows: Slack takes ten fields, and four are of the whole. */
const MAX_BALANCES = 6;

/** What a drawing needs besides the facts: the reader's zone and the time. */
export interface Reader {
  timeZone: string;
  now: Date;
}

export const plain = (text: string): { type: 'plain_text'; text: string } => ({
  type: 'plain_text',
  text: visibleText(text),
});
/** The frame that every window of a purchase shares. */
export function modal(
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

/** Step 2: what it costs and what comes of it, before anything is charged (R9). */
export function reviewView(review: PurchaseReview, reader: Reader): ModalView {
  const { notes, ...end } = endOfReview(review, words.confirm(review.amount, review.payBy));
  return modal(IDS.view.purchaseReview, writeShown(review), {
    title: words.reviewTitle,
    blocks: [
      ...(review.isChanged ? [section(words.changed)] : []),
      ...(review.meanwhile.length === 0 ? [] : [section(words.meanwhile(review.meanwhile, reader.now))]),
      facts([
        [words.credits, formatDollars(review.amount)],
        [words.office, nameLines(review.lines)],
        [words.paidWith, formatPayBy(review.payBy, reader.timeZone, reader.now)],
        [words.chargedNow, formatDollars(review.chargedNow)],
        ...review.lines
          .slice(0, MAX_BALANCES)
          .map(({ scopeLabel, balanceBefore, balanceAfter }): [string, string] => [
            words.balanceOf(scopeLabel),
            words.change(balanceBefore, balanceAfter),
          ]),
      ]),
      ...notes,
      buttons(button(words.back, IDS.action.purchaseBack, { value: review.token })),
    ],
    ...end,
    close: words.cancel,
  });
}

/** What came to stand against a reviewed purchase, with the way back to the form. */
export function refusedView(token: string, sentence: string): ModalView {
  return modal(IDS.view.purchaseResult, token, {
    title: words.title,
    blocks: [
      section(words.refused(sentence)),
      buttons(button(words.back, IDS.action.purchaseBack, { value: token })),
    ],
    close: words.close,
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
      return [section(words.declined(order)), retryButtons(order)];
    case 'needs_action':
      return [
        section(words.needsAction),
        buttons(
          ...(order.actionUrl === null
            ? []
            : [linkButton(words.openBank, order.actionUrl, { primary: true })]),
          ...(order.retryWith === null ? [] : [payButton(order)]),
          button(words.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
        ),
      ];
    case 'unknown':
      return [section(words.unknown(order.reference))];
    case 'stuck':
      return [section(words.stuck(order.reference))];
    case 'awaiting_approval':
      return [section(approvalWords.waiting(order)), quiet(approvalWords.waitingMore)];
    case 'abandoned':
      return [
        section(order.approval === null ? generalWords.abandoned : approvalWords.ended(order.approval)),
      ];
    default:
      return [section(`:hourglass_flowing_sand: ${words.adding(order.amount)}`), quiet(words.addingMore)];
  }
}

/** Another try, as it would be paid now: the label says the amount and the card, where that is another than the one declined. */
function payButton(order: OrderFacts) {
  const { retryWith, asksApproval } = order;
  const label = asksApproval
    ? approvalWords.ask
    : retryWith === null
      ? words.tryAgain
      : words.payWith(order.amount, retryWith);
  return button(label, IDS.action.purchaseRetry, { value: writeShown(order), primary: true });
}

/** What can be done about a declined purchase. */
export function retryButtons(order: OrderFacts): KnownBlock {
  return namedButtons(
    'pay_again',
    ...(order.canRetry ? [payButton(order)] : []),
    button(words.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
  );
}
