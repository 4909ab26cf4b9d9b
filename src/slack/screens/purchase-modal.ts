import type { KnownBlock, ModalView } from '@slack/types';
import type { OrderFacts, PurchaseReview } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { formatPayBy } from '../copy/format.ts';
import { approvalCopy, purchaseCopy as copy, generalCopy } from '../copy/index.ts';
import { nameLines } from '../copy/order-lines.ts';
import { button, buttons, facts, linkButton, namedButtons, quiet, section } from '../kit/blocks.ts';
import { endOfReview } from '../kit/end-of-review.ts';
import { modal } from '../kit/modal.ts';
import { writeShown } from '../kit/shown-charge.ts';
import type { ViewerContext } from '../kit/viewer.ts';
import { IDS } from './ids.ts';

/** How many balances a review shows: Slack takes ten fields, and four are of the whole. */
const MAX_BALANCES = 6;

/** Shown at once where the data takes longer than a blink. */
export function loadingView(): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: copy.title,
    blocks: [section(copy.loading)],
    close: copy.cancel,
  });
}

/** A modal that only says something. */
export function purchaseText(text: string): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: copy.close,
  });
}

/** Step 2: what it costs and what comes of it, before anything is charged (R9). */
export function reviewView(review: PurchaseReview, viewer: ViewerContext): ModalView {
  const { notes, ...end } = endOfReview(review, copy.confirm(review.amount, review.payBy));
  return modal(IDS.view.purchaseReview, writeShown(review), {
    title: copy.reviewTitle,
    blocks: [
      ...(review.isChanged ? [section(copy.changed)] : []),
      ...(review.meanwhile.length === 0 ? [] : [section(copy.meanwhile(review.meanwhile, viewer.now))]),
      facts([
        [copy.credits, formatDollars(review.amount)],
        [copy.office, nameLines(review.lines)],
        ...(review.payBy.method === 'card'
          ? [
              [copy.paidWith, formatPayBy(review.payBy, viewer.timeZone, viewer.now)] as const,
              [copy.chargedNow, formatDollars(review.chargedNow)] as const,
            ]
          : []),
        ...review.lines
          .slice(0, MAX_BALANCES)
          .map(
            ({ scopeLabel, balanceBefore, balanceAfter }) =>
              [copy.balanceOf(scopeLabel), copy.change(balanceBefore, balanceAfter)] as const,
          ),
      ]),
      ...(review.payBy.method === 'invoice'
        ? [quiet(copy.onInvoice(review.payBy, viewer.timeZone, viewer.now))]
        : []),
      ...review.lines
        .filter(({ balanceAfter }) => balanceAfter.isNegative())
        .slice(0, MAX_BALANCES)
        .map(({ scopeLabel, balanceAfter }) => quiet(copy.staysOverdrawn(scopeLabel, balanceAfter))),
      ...notes,
      buttons(button(copy.back, IDS.action.purchaseBack, { value: review.token })),
    ],
    ...end,
    close: copy.cancel,
  });
}

/** What came to stand against a reviewed purchase, with the way back to the form. */
export function refusedView(token: string, sentence: string): ModalView {
  return modal(IDS.view.purchaseResult, token, {
    title: copy.title,
    blocks: [
      section(copy.refused(sentence)),
      buttons(button(copy.back, IDS.action.purchaseBack, { value: token })),
    ],
    close: copy.close,
  });
}

/** Step 3, in whatever state the purchase is. Applies R14.9. */
export function resultView(order: OrderFacts): ModalView {
  return modal(IDS.view.purchaseResult, order.token, {
    title: copy.resultTitles[order.state],
    blocks: resultBlocks(order),
    close: copy.close,
  });
}

export function resultBlocks(order: OrderFacts): KnownBlock[] {
  switch (order.state) {
    case 'settled':
      return [section(copy.added(order))];
    case 'declined':
      return [section(copy.declined(order)), retryButtons(order)];
    case 'needs_action':
      return [
        section(copy.needsAction(order)),
        buttons(
          ...(order.actionUrl === null
            ? []
            : [linkButton(copy.openBank, order.actionUrl, { primary: true })]),
          ...(order.retryWith === null ? [] : [payButton(order)]),
          button(copy.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
        ),
      ];
    case 'unknown':
      return [section(copy.unknown(order))];
    case 'stuck':
      return [section(copy.stuck(order))];
    case 'awaiting_approval':
      return [section(approvalCopy.waiting(order)), quiet(approvalCopy.waitingMore)];
    case 'abandoned':
      return [section(order.approval === null ? generalCopy.abandoned : approvalCopy.ended(order.approval))];
    default:
      return [section(`:hourglass_flowing_sand: ${copy.adding(order.amount)}`), quiet(copy.addingMore)];
  }
}

/** Another try, as it would be paid now: the label says the amount and the card, where that is another than the one declined. */
function payButton(order: OrderFacts) {
  const { retryWith, asksApproval } = order;
  const label = asksApproval
    ? approvalCopy.ask
    : retryWith === null
      ? copy.tryAgain
      : copy.payWith(order.amount, retryWith);
  return button(label, IDS.action.purchaseRetry, { value: writeShown(order), primary: true });
}

/** What can be done about a declined purchase. */
export function retryButtons(order: OrderFacts): KnownBlock {
  return namedButtons(
    'pay_again',
    ...(order.canRetry ? [payButton(order)] : []),
    button(copy.useOtherCard, IDS.action.purchaseOtherCard, { value: order.token }),
  );
}
