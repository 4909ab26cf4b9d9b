import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { BundleOffer, BundleReview, SubscriptionFacts } from '../../../billing/index.ts';
import { formatDollars } from '../../../money.ts';
import { displayText } from '../../../outside-text.ts';
import { endOfReview } from '../approvals/answer-buttons.ts';
import { bar, button, buttons, escapeText, facts, quiet, section } from '../../kit/blocks.ts';
import { choices, longSelect, option } from '../../kit/form-fields.ts';
import { IDS } from '../../ids.ts';
import { plain } from '../../screens/purchase-modal.ts';
import { writeShown } from '../../kit/shown-charge.ts';
import { purchaseWords, bundleWords as words } from '../../copy/index.ts';
import { formatPayBy } from '../../copy/format.ts';

/** Slack takes 50 blocks a message. */
const MOST_SHOWN = 15;

export interface Reader {
  timeZone: string;
  now: Date;
}

/** What a company gets each period, each with what can be done with it now. */
export function bundleBlocks(
  subscriptions: readonly SubscriptionFacts[],
  canBuy: boolean,
  reader: Reader,
): KnownBlock[] {
  return [
    { type: 'header', text: plain(words.header) },
    ...(subscriptions.length === 0
      ? [section(words.noneOn)]
      : subscriptions.slice(0, MOST_SHOWN).flatMap((one) => oneBundle(one, reader))),
    quiet(canBuy ? words.intro : words.noneOffered),
    ...(canBuy ? [buttons(button(words.buy, IDS.action.bundleBuy, { primary: true }))] : []),
  ];
}

function oneBundle(one: SubscriptionFacts, reader: Reader): KnownBlock[] {
  const name = `*${escapeText(one.name)}*${words.forOffice(one.scopeLabel)}`;
  const left =
    one.left === null
      ? formatDollars(one.credit)
      : `${bar(one.left, one.credit)}  ${words.left(one.left, one.credit)}`;
  const text = `${name}\n${left} · ${describeState(one, reader)}`;
  if (one.kind === 'general') return [section(text)];
  return [section(text), buttons(...actsFor(one))];
}

function describeState(one: SubscriptionFacts, { timeZone, now }: Reader): string {
  if (one.state === 'paused') return words.paused;
  if (one.kind !== 'general' && one.left === null) return words.unpaid;
  if (one.isEnding) return words.ending(one.nextPeriodAt, timeZone, now);
  const renews = words.active(one.nextPeriodAt, timeZone, now);
  return one.nextName === null ? renews : `${renews}, ${words.changing(escapeText(one.nextName))}`;
}

function actsFor(one: SubscriptionFacts) {
  const value = one.token;
  const cancel = {
    ...button(words.cancel, IDS.action.bundleCancel, { value }),
    confirm: {
      title: plain(words.cancel),
      text: plain(words.cancelSure(displayText(one.name))),
      confirm: plain(words.cancel),
      deny: plain(words.keepIt),
      style: 'danger' as const,
    },
  };
  if (one.state === 'paused') {
    const resume = {
      ...button(words.resume, IDS.action.bundleResume, {
        value: writeShown({ token: one.token, mark: one.restartMark }),
        primary: true,
      }),
      confirm: {
        title: plain(words.resume),
        text: plain(words.resumeSure(one.nextPrice)),
        confirm: plain(words.resume),
        deny: plain(words.back),
      },
    };
    return [resume, cancel];
  }
  if (one.isEnding) return [button(words.keep, IDS.action.bundleKeep, { value })];
  return [button(words.change, IDS.action.bundleChange, { value }), cancel];
}

/** Slack takes ten radio buttons; more bundles than these are a menu. */
const MAX_RADIO_BUTTONS = 10;

/** The bundles on sale, as the form offers them. */
export function offerOptions(offers: readonly BundleOffer[]): PlainTextOption[] {
  return offers.map((offer) => option(words.offer(offer), offer.id.toString()));
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
    title: plain(isChange ? words.changeTitle : words.buy),
    submit: plain(isChange ? words.changeSubmit : words.review),
    close: plain(words.back),
    blocks: [
      {
        type: 'input',
        block_id: IDS.field.bundle,
        label: plain(words.which),
        element:
          options.length <= MAX_RADIO_BUTTONS
            ? choices(IDS.field.bundle, options, options[0]?.value ?? '')
            : longSelect(IDS.field.bundle, options, { placeholder: words.chooseBundle }),
      },
      ...(scopes.length < 2 || isChange
        ? []
        : [
            {
              type: 'input' as const,
              block_id: IDS.field.scope,
              label: plain(words.forWhom),
              element: longSelect(IDS.field.scope, scopes, { placeholder: purchaseWords.chooseOffice }),
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
  reader: Reader,
  isChanged = false,
): ModalView {
  const { offer } = review;
  const { notes, submit } = endOfReview(review, words.confirm);
  return {
    type: 'modal',
    callback_id: IDS.view.bundleReview,
    private_metadata: `${bought}.${review.mark}`,
    title: plain(words.reviewTitle),
    ...(submit === undefined ? {} : { submit: plain(submit) }),
    close: plain(words.back),
    blocks: [
      ...(isChanged ? [section(purchaseWords.changed)] : []),
      section(`*${escapeText(offer.name)}*`),
      facts([
        [words.credit, formatDollars(offer.credit)],
        [words.price, formatDollars(offer.price)],
        [words.forWhom, escapeText(review.scopeLabel)],
        [words.paidWith, formatPayBy(review.payBy, reader.timeZone, reader.now)],
        [words.firstPeriod, words.period(review.endsAt, reader.timeZone, reader.now)],
      ]),
      quiet(words.thenEach(offer)),
      ...notes,
    ],
  };
}

/** The window once something was done, or could not be. */
export function saidBundle(text: string): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.bundleResult,
    title: plain(words.title),
    close: plain(words.back),
    blocks: [section(text)],
  };
}
