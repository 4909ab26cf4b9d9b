import type { KnownBlock } from '@slack/types';
import { markOfSuggestion } from '../../billing/index.ts';
import type { NoticeFacts, NoticeKind } from '../../notices/index.ts';
import { answerButtons } from '../features/approvals/answer-buttons.ts';
import { button, buttons, linkButton, section } from '../kit/blocks.ts';
import { IDS } from '../ids.ts';
import { noticeBlocks } from '../features/invoices/invoice-blocks.ts';
import { writeShown } from '../kit/shown-charge.ts';
import { requestButtons } from '../features/requests/request-views.ts';
import {
  approvalWords,
  bundleWords,
  cardWords,
  invoiceWords,
  moneyBackCopy,
  noticeWords,
  peopleCopy,
  rechargeWords,
  requestWords,
  settingsWords,
  sharingWords,
  usageWaitingCopy,
} from '../copy/index.ts';

interface Rendered {
  text: string;
  blocks: KnownBlock[];
}

/** Each kind of notice as a message. */
const renderers: { [K in NoticeKind]: (facts: Extract<NoticeFacts, { kind: K }>) => Rendered } = {
  receipt: (facts) => message(noticeWords.receipt(facts)),
  low_balance: (facts) =>
    facts.recovered !== null
      ? message(noticeWords.recovered(facts))
      : message(
          facts.level === 'out' ? noticeWords.interrupted(facts) : noticeWords.low(facts),
          buttons(
            addCredits(facts, { primary: true }),
            facts.isRechargeOn
              ? button(rechargeWords.button, IDS.action.rechargeShow, { value: facts.token })
              : button(rechargeWords.turnOn, IDS.action.rechargeShow, { value: `on:${facts.token}` }),
          ),
        ),
  recharge: (facts) => message(rechargeWords.told(facts), ...rechargeButtons(facts)),
  recharge_blocked: (facts) =>
    message(rechargeWords.blocked(facts), ...(facts.isOver ? [] : [blockedButtons(facts)])),
  recharge_settings: (facts) => message(rechargeWords.settings(facts)),
  settings: (facts) => message(settingsWords.notice(facts)),
  role_change: (facts) => message(peopleCopy.notice(facts)),
  credit_sharing: (facts) => message(sharingWords.notice(facts)),
  usage_waiting: (facts) => message(usageWaitingCopy.notice(facts)),
  dispute: (facts) => message(moneyBackCopy.dispute(facts)),
  late_refund: (facts) => message(moneyBackCopy.lateRefund(facts)),
  payment_unconfirmed: (facts) => message(moneyBackCopy.unconfirmed(facts)),
  refund: (facts) =>
    message(
      moneyBackCopy.refund(facts),
      ...(facts.pausedToken === null
        ? []
        : [buttons(button(rechargeWords.resume, IDS.action.rechargeResume, { value: facts.pausedToken }))]),
    ),
  card: (facts) =>
    message(
      cardWords.notices[facts.event](facts),
      ...(facts.event === 'to_confirm'
        ? [
            buttons(
              button(cardWords.enterAmount, IDS.action.cardAmount, { value: facts.token, primary: true }),
            ),
          ]
        : facts.event === 'detached'
          ? [buttons(button(cardWords.add, IDS.action.cardAdd, { primary: true }))]
          : []),
    ),
  bundle: (facts) =>
    message(
      bundleWords.notices[facts.event](facts),
      ...(['retry', 'paused', 'refused'].includes(facts.event)
        ? [
            buttons(
              button(bundleWords.fixCard, IDS.action.cardShow, { primary: true }),
              button(bundleWords.show, IDS.action.bundleShow),
            ),
          ]
        : facts.event === 'to_verify'
          ? [
              buttons(
                button(rechargeWords.verify, IDS.action.paymentVerify, { value: facts.token, primary: true }),
              ),
            ]
          : facts.event === 'at_bank' && facts.actionUrl !== null
            ? [buttons(linkButton(bundleWords.openBank, facts.actionUrl, { primary: true }))]
            : facts.event === 'used'
              ? [buttons(addCredits(facts, { primary: true }))]
              : []),
    ),
  company_moved: (facts) =>
    message(
      peopleCopy.moved(facts),
      buttons(button(settingsWords.button, IDS.action.settingsOpen, { primary: true })),
    ),
  approval: (facts) =>
    message(approvalWords.notice(facts), ...(facts.state === 'open' ? [answerButtons(facts)] : [])),
  approval_answer: (facts) => message(approvalWords.answer(facts)),
  credit_request: (facts) =>
    message(requestWords.notice(facts), ...(facts.state === 'open' ? [requestButtons(facts.token)] : [])),
  credit_request_answer: (facts) => message(requestWords.answer(facts)),
  invoice: (facts) => ({ text: invoiceWords.notice(facts), blocks: noticeBlocks(facts) }),
  card_expiring: (facts) =>
    message(cardWords.expiring(facts), buttons(button(cardWords.add, IDS.action.cardAdd, { primary: true }))),
};

/** A notice as a message. The text says the same as the blocks. */
export function renderNotice(facts: NoticeFacts): Rendered {
  const render = renderers[facts.kind] as (facts: NoticeFacts) => Rendered;
  return render(facts);
}

/** Opens on the office that the notice is about. */
const addCredits = ({ scope }: { scope: string }, { primary = false } = {}) =>
  button(noticeWords.addCredits, IDS.action.addCredits, {
    primary,
    ...(scope === '' ? {} : { value: scope }),
  });

function rechargeButtons(facts: Extract<NoticeFacts, { kind: 'recharge' }>): KnownBlock[] {
  const { actionUrl, suggested, token: value } = facts;
  switch (facts.status) {
    case 'added':
      return suggested === null
        ? []
        : [
            buttons(
              button(rechargeWords.useAmount(suggested), IDS.action.rechargeSuggested, {
                value: writeShown({ token: value, mark: markOfSuggestion(value, suggested) }),
              }),
            ),
          ];
    case 'needs_action':
      return actionUrl === null
        ? []
        : [buttons(linkButton(rechargeWords.openBank, actionUrl, { primary: true }), addCredits(facts))];
    case 'to_verify':
      return [
        buttons(
          button(rechargeWords.verify, IDS.action.paymentVerify, { value, primary: true }),
          addCredits(facts),
        ),
      ];
    case 'refused':
      return [buttons(addCredits(facts))];
    case 'needless':
    case 'dropped':
    case 'over_limit':
      return [];
    default:
      return [
        buttons(button(rechargeWords.fixCard, IDS.action.cardShow, { primary: true }), addCredits(facts)),
      ];
  }
}

function blockedButtons(facts: Extract<NoticeFacts, { kind: 'recharge_blocked' }>): KnownBlock {
  switch (facts.reason) {
    case 'cap': {
      const options = { value: facts.token, primary: true };
      return buttons(button(rechargeWords.raiseCap, IDS.action.rechargeCap, options), addCredits(facts));
    }
    case 'no_card':
      return buttons(
        button(rechargeWords.fixCard, IDS.action.cardShow, { primary: true }),
        addCredits(facts),
      );
    default:
      return buttons(addCredits(facts));
  }
}

function message(text: string, ...more: KnownBlock[]): Rendered {
  return { text, blocks: [section(text), ...more] };
}
