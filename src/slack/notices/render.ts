import type { KnownBlock } from '@slack/types';
import type { NoticeFacts, NoticeKind } from '../../notices/index.ts';
import { button, buttons, section } from '../blocks/build.ts';
import { IDS } from '../ids.ts';
import { cardWords, noticeWords } from '../words/en.ts';

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
          buttons(button(noticeWords.addCredits, IDS.action.addCredits, { primary: true })),
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
        : []),
    ),
  card_expiring: (facts) =>
    message(cardWords.expiring(facts), buttons(button(cardWords.add, IDS.action.cardAdd, { primary: true }))),
};

/** A notice as a message. The text says the same as the blocks. */
export function renderNotice(facts: NoticeFacts): Rendered {
  const render = renderers[facts.kind] as (facts: NoticeFacts) => Rendered;
  return render(facts);
}

function message(text: string, ...more: KnownBlock[]): Rendered {
  return { text, blocks: [section(text), ...more] };
}
