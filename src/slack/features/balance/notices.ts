import { balanceAlertCopy, rechargeCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import {
  addCreditsButton,
  addToResumeButton,
  message,
  type NoticeRenderers,
} from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  low_balance: (facts) =>
    facts.recovered !== null
      ? message(balanceAlertCopy.recovered(facts))
      : message(
          facts.level === 'out' ? balanceAlertCopy.interrupted(facts) : balanceAlertCopy.low(facts),
          buttons(
            addToResumeButton(facts),
            facts.isRechargeOn
              ? button(rechargeCopy.button, LINK_IDS.rechargeShow, { value: facts.token })
              : button(rechargeCopy.turnOn, LINK_IDS.rechargeShow, { value: `on:${facts.token}` }),
          ),
        ),
  low_balance_summary: (facts) =>
    message(
      balanceAlertCopy.manyLow(facts),
      ...(facts.counts.out + facts.counts.low > 0 ? [buttons(addCreditsButton({ scope: '' }))] : []),
    ),
} satisfies Partial<NoticeRenderers>;
