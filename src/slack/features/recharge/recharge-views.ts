import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { RechargeFacts, RechargeOutcome, RechargeReview } from '../../../billing/index.ts';
import { dollars, formatBalance, type Money } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { displayText } from '../../../outside-text.ts';
import { approvalCopy, rechargeCopy as copy, purchaseCopy } from '../../copy/index.ts';
import { shorten } from '../../copy/mrkdwn.ts';
import { quiet, section } from '../../kit/blocks.ts';
import { longSelect, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { writeShown } from '../../kit/shown-charge.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

const PACE_FOR = ['20', '50', '100'].map((text) => dollars(text));

/** A field of one wallet's own, so that choosing another wallet does not keep what was typed for this one. */
export function fieldOf(name: string, walletId: bigint): string {
  return `${name}:${walletId}`;
}

/**
 * On or off, from when, how much, and how much a month; with what it was and would be, to choose by. `isOn`: what is chosen
 * when the form opens, which need not be how things stand. `noCard`: the sentence that there is no card to charge, null where
 * there is one, or none is needed.
 */
export function rechargeForm(
  token: string,
  facts: RechargeFacts,
  all: readonly RechargeFacts[],
  { company, isOn, noCard }: { company: Company; isOn: boolean; noCard: string | null },
): ModalView {
  const { walletId } = facts;
  const { min, max } = company.purchaseLimits;
  const [on, off] = [option(copy.on, 'on'), option(copy.off, 'off')];
  const fills = option(copy.fills, 'fills');
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
    title: copy.title,
    blocks: [
      ...(noCard === null ? [] : [section(noCard)]),
      ...scopeChoice(facts, all),
      section(copy.now(facts, company.timeZone)),
      quiet(copy.rate(facts, paceFor(facts.amount))),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.isOn, walletId),
        label: plain(copy.onLabel),
        element: {
          type: 'radio_buttons',
          action_id: IDS.field.isOn,
          options: [on, off],
          initial_option: isOn ? on : off,
        },
      },
      money('threshold', copy.thresholdLabel),
      money('amount', copy.amountLabel, copy.amountHint(min, max)),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.fills, walletId),
        optional: true,
        label: plain(copy.fillsLabel),
        hint: plain(copy.fillsHint),
        element: {
          type: 'checkboxes',
          action_id: IDS.field.fills,
          options: [fills],
          ...(facts.fills === true ? { initial_options: [fills] } : {}),
        },
      },
      facts.mayChangeCap ? money('cap', copy.capLabel, copy.capHint) : quiet(copy.capIs(facts.cap)),
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

function paceFor(amount: Money): Money[] {
  return PACE_FOR.some((choice) => choice.equals(amount)) ? PACE_FOR : [amount, ...PACE_FOR];
}

/** Each wallet that auto-recharge can be set for, as the menu offers it. */
export function walletOptions(all: readonly RechargeFacts[]): PlainTextOption[] {
  return all.map(({ label, general, walletId }) =>
    option(`${displayText(shorten(label, 50))} · ${formatBalance(general)}`, walletId.toString()),
  );
}

/** Whose credits: chosen where there are several, named where there is one. */
function scopeChoice(facts: RechargeFacts, all: readonly RechargeFacts[]): KnownBlock[] {
  if (all.length < 2) return [section(copy.forCredits(facts.label))];
  const menu = { wanted: facts.walletId.toString(), placeholder: purchaseCopy.chooseOffice };
  return [
    {
      ...section(`*${copy.forLabel}*`),
      accessory: longSelect(IDS.action.rechargeScope, walletOptions(all), menu),
    },
  ];
}

/** What saving charges at once, before it does (R11), and that a second admin is asked (R9). */
export function rechargeReview(review: RechargeReview, viewer: ViewerContext, isChanged = false): ModalView {
  return modal(IDS.view.rechargeReview, writeShown(review), {
    title: copy.reviewTitle,
    blocks: [
      ...(isChanged ? [section(copy.changedSinceReview)] : []),
      ...(review.chargesNow === null ? [] : [section(copy.chargesNow(review, viewer.timeZone, viewer.now))]),
      section(copy.forCredits(review.label)),
      section(copy.summary(review)),
      ...(review.isOn ? [quiet(copy.reviewMore(review.cap))] : []),
      ...(review.approvalAbove === null
        ? []
        : [section(approvalCopy.changeNote(review.approvalAbove, review.approverIds))]),
    ],
    submit: review.approvalAbove === null ? copy.confirm : approvalCopy.ask,
    close: copy.cancel,
  });
}

/** What was saved or asked for, or that it was before. */
export function rechargeSaved(done: RechargeOutcome | null, viewer: ViewerContext): ModalView {
  if (done === null) return rechargeText(copy.outdated);
  if (done.outcome === 'review-again') return rechargeReview(done.review, viewer, true);
  const summary = copy.summary(done.choice);
  return rechargeText(
    done.outcome === 'asked' ? approvalCopy.asked(summary) : copy.saved(done.label, summary),
  );
}

export function rechargeText(text: string): ModalView {
  return modal(IDS.view.rechargeResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: copy.close,
  });
}

/** Where the monthly cap is raised. */
export function capForm(token: string, facts: RechargeFacts, company: Company): ModalView {
  return modal(IDS.view.rechargeCap, token, {
    title: copy.capTitle,
    blocks: [
      section(copy.capIntro(facts, company.timeZone)),
      {
        type: 'input',
        block_id: fieldOf(IDS.field.cap, facts.walletId),
        label: plain(copy.capLabel),
        element: {
          type: 'plain_text_input',
          action_id: IDS.field.cap,
          initial_value: facts.cap.plus(facts.amount).toFixed(2),
          max_length: 40,
        },
      },
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}
