import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { BundleOffer, BundleReview, SubscriptionFacts } from '../../../billing/index.ts';
import { formatDollars } from '../../../money.ts';
import { displayText } from '../../../outside-text.ts';
import { formatPayBy } from '../../copy/format.ts';
import { bundleCopy as copy, purchaseCopy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import { bar, button, buttons, facts, quiet, section } from '../../kit/blocks.ts';
import { endOfReview } from '../../kit/end-of-review.ts';
import { choices, longSelect, option } from '../../kit/form-fields.ts';
import { plain } from '../../kit/modal.ts';
import { writeShown } from '../../kit/shown-charge.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

/** Slack takes 50 blocks a message. */
const MAX_SHOWN = 15;

/** What a company gets each period, each with what can be done with it now. */
export function bundleBlocks(
  subscriptions: readonly SubscriptionFacts[],
  canBuy: boolean,
  viewer: ViewerContext,
): KnownBlock[] {
  return [
    { type: 'header', text: plain(copy.header) },
    ...(subscriptions.length === 0
      ? [section(copy.noneOn)]
      : subscriptions.slice(0, MAX_SHOWN).flatMap((one) => oneBundle(one, viewer))),
    quiet(canBuy ? copy.intro : copy.noneOffered),
    ...(canBuy ? [buttons(button(copy.buy, IDS.action.bundleBuy, { primary: true }))] : []),
  ];
}

function oneBundle(one: SubscriptionFacts, viewer: ViewerContext): KnownBlock[] {
  const name = `*${escapeText(one.name)}*${copy.forOffice(one.scopeLabel)}`;
  const left =
    one.left === null
      ? formatDollars(one.credit)
      : `${bar(one.left, one.credit)}  ${copy.left(one.left, one.credit)}`;
  const text = `${name}\n${left} · ${describeState(one, viewer)}`;
  if (one.kind === 'general') return [section(text)];
  return [section(text), buttons(...actsFor(one))];
}

function describeState(one: SubscriptionFacts, { timeZone, now }: ViewerContext): string {
  if (one.state === 'paused') return copy.paused;
  if (one.kind !== 'general' && one.left === null) return copy.unpaid;
  if (one.isEnding) return copy.ending(one.nextPeriodAt, timeZone, now);
  const renews = copy.active(one.nextPeriodAt, timeZone, now);
  return one.nextName === null ? renews : `${renews}, ${copy.changing(escapeText(one.nextName))}`;
}

function actsFor(one: SubscriptionFacts) {
  const value = one.token;
  const cancel = {
    ...button(copy.cancel, IDS.action.bundleCancel, { value }),
    confirm: {
      title: plain(copy.cancel),
      text: plain(copy.cancelSure(displayText(one.name))),
      confirm: plain(copy.cancel),
      deny: plain(copy.keepIt),
      style: 'danger' as const,
    },
  };
  if (one.state === 'paused') {
    const resume = {
      ...button(copy.resume, IDS.action.bundleResume, {
        value: writeShown({ token: one.token, mark: one.restartMark }),
        primary: true,
      }),
      confirm: {
        title: plain(copy.resume),
        text: plain(copy.resumeSure(one.nextPrice)),
        confirm: plain(copy.resume),
        deny: plain(copy.back),
      },
    };
    return [resume, cancel];
  }
  if (one.isEnding) return [button(copy.keep, IDS.action.bundleKeep, { value })];
  return [button(copy.change, IDS.action.bundleChange, { value }), cancel];
}

/** Slack takes ten radio buttons; more bundles than these are a menu. */
const MAX_RADIO_BUTTONS = 10;

/** The bundles on sale, as the form offers them. */
export function offerOptions(offers: readonly BundleOffer[]): PlainTextOption[] {
  return offers.map((offer) => option(copy.offer(offer), offer.id.toString()));
}

/** Step 1: which bundle, and for whom; or which other bundle takes a present one's place. */
export function bundleForm(
  metadata: string,
  offers: readonly BundleOffer[],
  scopes: PlainTextOption[],
  isChange: boolean,
): ModalView {
  const options = offerOptions(offers);
  return {
    type: 'modal',
    callback_id: IDS.view.bundleForm,
    private_metadata: metadata,
    title: plain(isChange ? copy.changeTitle : copy.buy),
    submit: plain(isChange ? copy.changeSubmit : copy.review),
    close: plain(copy.back),
    blocks: [
      {
        type: 'input',
        block_id: IDS.field.bundle,
        label: plain(copy.which),
        element:
          options.length <= MAX_RADIO_BUTTONS
            ? choices(IDS.field.bundle, options, options[0]?.value ?? '')
            : longSelect(IDS.field.bundle, options, { placeholder: copy.chooseBundle }),
      },
      ...(scopes.length < 2 || isChange
        ? []
        : [
            {
              type: 'input' as const,
              block_id: IDS.field.scope,
              label: plain(copy.forWhom),
              element: longSelect(IDS.field.scope, scopes, { placeholder: purchaseCopy.chooseOffice }),
            },
          ]),
    ],
  };
}

/** Step 2: what it costs, from when to when, before anything is charged. */
/** `bought`: what is bought, to which the mark of this review is added. */
export function bundleReviewView(
  bought: string,
  review: BundleReview,
  viewer: ViewerContext,
  isChanged = false,
): ModalView {
  const { offer } = review;
  const { notes, submit } = endOfReview(
    review,
    review.present.length === 0 ? copy.confirm : copy.confirmSecond,
  );
  return {
    type: 'modal',
    callback_id: IDS.view.bundleReview,
    private_metadata: `${bought}.${review.mark}`,
    title: plain(copy.reviewTitle),
    ...(submit === undefined ? {} : { submit: plain(submit) }),
    close: plain(copy.back),
    blocks: [
      ...(isChanged ? [section(purchaseCopy.changed)] : []),
      ...(review.present.length === 0 ? [] : [section(copy.alreadyThere(review.scopeLabel, review.present))]),
      section(`*${escapeText(offer.name)}*`),
      facts([
        [copy.credit, formatDollars(offer.credit)],
        [copy.price, formatDollars(offer.price)],
        [copy.forWhom, escapeText(review.scopeLabel)],
        [copy.paidWith, formatPayBy(review.payBy, viewer.timeZone, viewer.now)],
        [copy.firstPeriod, copy.period(review.endsAt, viewer.timeZone, viewer.now)],
      ]),
      quiet(copy.thenEach(offer)),
      ...notes,
    ],
  };
}

/** The modal once something was done, or could not be. */
export function bundleText(text: string): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.bundleResult,
    title: plain(copy.title),
    close: plain(copy.back),
    blocks: [section(text)],
  };
}
