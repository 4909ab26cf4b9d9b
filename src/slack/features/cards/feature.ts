import { cardCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS as SCREEN_IDS } from '../../screens/ids.ts';
import { submitAmount } from './answer-check.ts';
import { cardText } from './card-blocks.ts';
import { IDS } from './ids.ts';
import {
  addCard,
  claim,
  disown,
  enterAmount,
  makeDefault,
  makeFallback,
  remove,
  renderCards,
  showCards,
} from './manage-cards.ts';
import { notices } from './notices.ts';

export const cards = {
  commands: [
    {
      word: 'card',
      also: ['cards'],
      help: [{ for: 'manage_cards', text: cardCopy.help }],
      run: (ctx, { who }) => renderCards(ctx, who),
    },
  ],
  messageActions: {
    [LINK_IDS.cardShow]: showCards,
    [IDS.action.cardAdd]: addCard,
    [IDS.action.cardClaim]: claim,
    [IDS.action.cardDisown]: disown,
    [IDS.action.cardAmount]: enterAmount,
    [IDS.action.cardDefault]: makeDefault,
    [IDS.action.cardFallback]: makeFallback,
    [IDS.action.cardRemove]: remove,
  },
  submissions: { [SCREEN_IDS.view.cardAmount]: submitAmount },
  readOnly: [LINK_IDS.cardShow, IDS.action.cardAmount],
  textModal: cardText,
  notices,
} satisfies Feature;
