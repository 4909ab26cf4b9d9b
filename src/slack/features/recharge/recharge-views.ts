import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { RechargeFacts, RechargeOutcome, RechargeReview } from '../../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { displayText } from '../../../outside-text.ts';
import { quiet, section, shorten } from '../../kit/blocks.ts';
import { longSelect, option } from '../../kit/form-fields.ts';
import { IDS } from '../../ids.ts';
import { modal, plain, type Reader } from '../../screens/purchase-modal.ts';
import { writeShown } from '../../kit/shown-charge.ts';
import { approvalWords, purchaseWords, rechargeWords as words } from '../../copy/index.ts';

const PACE_FOR = ['20', '50', '100'].map((text) => dollars(text));

/** A field of one wallet's own, so that choosing another wallet does not keep what was typed for this one. */
export function fieldOf(name: string, walletId: bigint): string {
  return `${name}:${walletId}`;
}

/** On or off, from when, how much, and how much a month; with what it was and would be, to choose by. */
export function rechargeForm(
  token: string,
  facts: RechargeFacts,
  all: readonly RechargeFacts[],
  company: Company,
): ModalView {
  const { walletId } = facts;
  const { min, max } = company.purchaseLimits;
  const [on, off] = [option(words.on, 'on'), option(words.off, 'off')];
  const fills = option(words.fills, 'fills');
  const money = (name: 'threshold' | 'amount' | 'cap', label: string, hint?: string): KnownBlock => ({
    type: 'input',
    block_id: fieldOf(IDS.field[name], walletId),
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: IDS.field[name],
      initial_value: facts[name].toFixed(2),
      max_length: 40,
    },
  });
  return modal(IDS.view.rechargeForm, token, {
    title: words.title,
    blocks: [
      ...scopeChoice(facts, all),
      section(words.now(facts, company.timeZone)),
      quiet(words.pace(facts, paceFor(facts.amount))),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.isOn, walletId),
        label: plain(words.onLabel),
        element: {
          type: 'radio_buttons',
          action_id: IDS.field.isOn,
          options: [on, off],
          initial_option: facts.isOn ? on : off,
        },
      },
      money('threshold', words.thresholdLabel),
      money('amount', words.amountLabel, words.amountHint(min, max)),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.fills, walletId),
        optional: true,
        label: plain(words.fillsLabel),
        element: {
          type: 'checkboxes',
          action_id: IDS.field.fills,
          options: [fills],
          ...(facts.fills === true ? { initial_options: [fills] } : {}),
        },
      },
      facts.mayChangeCap ? money('cap', words.capLabel, words.capHint) : quiet(words.capIs(facts.cap)),
    ],
    submit: words.save,
    close: words.cancel,
  });
}

function paceFor(amount: Money): Money[] {
  return PACE_FOR.some((choice) => choice.equals(amount)) ? PACE_FOR : [amount, ...PACE_FOR];
}

/** Each wallet that auto-recharge can be set for, as the menu offers it. */
export function walletOptions(all: readonly RechargeFacts[]): PlainTextOption[] {
  return all.map(({ label, general, walletId }) =>
    option(`${displayText(shorten(label, 50))} · ${formatDollars(general)}`, walletId.toString()),
  );
}

/** Whose credits: chosen where there are several, named where there is one. */
function scopeChoice(facts: RechargeFacts, all: readonly RechargeFacts[]): KnownBlock[] {
  if (all.length < 2) return [section(words.forCredits(facts.label))];
  const menu = { wanted: facts.walletId.toString(), placeholder: purchaseWords.chooseOffice };
  return [
    {
      ...section(`*${words.forLabel}*`),
      accessory: longSelect(IDS.action.rechargeScope, walletOptions(all), menu),
    },
  ];
}

/** What saving charges at once, before it does (R11), and that a second admin is asked (R9). */
export function rechargeReview(review: RechargeReview, reader: Reader, isChanged = false): ModalView {
  return modal(IDS.view.rechargeReview, writeShown(review), {
    title: words.reviewTitle,
    blocks: [
      ...(isChanged ? [section(words.changedSinceReview)] : []),
      ...(review.chargesNow === null ? [] : [section(words.chargesNow(review, reader.timeZone, reader.now))]),
      section(words.forCredits(review.label)),
      section(words.summary(review)),
      ...(review.isOn ? [quiet(words.reviewMore(review.cap))] : []),
      ...(review.approvalAbove === null
        ? []
        : [section(approvalWords.changeNote(review.approvalAbove, review.approverIds))]),
    ],
    submit: review.approvalAbove === null ? words.confirm : approvalWords.ask,
    close: words.cancel,
  });
}

/** What was saved or asked for, or that it was before. */
export function rechargeSaved(done: RechargeOutcome | null, reader: Reader): ModalView {
  if (done === null) return saidView(words.outdated);
  if (done.outcome === 'review-again') return rechargeReview(done.review, reader, true);
  const summary = words.summary(done.choice);
  return saidView(done.outcome === 'asked' ? approvalWords.asked(summary) : words.saved(summary));
}

export function saidView(text: string): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: words.title,
    blocks: [section(text)],
    close: words.close,
  });
}

/** Where the monthly cap is raised. */
export function capForm(token: string, facts: RechargeFacts, company: Company): ModalView {
  return modal(IDS.view.rechargeCap, token, {
    title: words.capTitle,
    blocks: [
      section(words.capIntro(facts, company.timeZone)),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.cap, facts.walletId),
        label: plain(words.capLabel),
        element: {
          type: 'plain_text_input',
          action_id: IDS.field.cap,
          initial_value: facts.cap.plus(facts.amount).toFixed(2),
          max_length: 40,
        },
      },
    ],
    submit: words.save,
    close: words.cancel,
  });
}
