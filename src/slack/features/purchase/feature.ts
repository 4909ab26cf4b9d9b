import { purchaseCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from '../../screens/ids.ts';
import { purchaseText } from '../../screens/purchase-modal.ts';
import { addCredits, addToResume, runAdd } from './add-credits.ts';
import { addForRequest } from './answer-request.ts';
import { notices } from './notices.ts';
import { suggestOffices } from './open-purchase.ts';
import {
  chooseSeveral,
  claimHere,
  disownHere,
  goBack,
  openCheckHere,
  tryAgain,
  useOtherCard,
} from './purchase-clicks.ts';
import { isLikeAmount } from './read-typed-purchase.ts';
import { submitForm, submitLines, submitReview } from './review-and-confirm.ts';
import { updateLater } from './update-later.ts';

export const purchase = {
  commands: [
    {
      word: 'add',
      also: ['buy'],
      takes: isLikeAmount,
      help: [
        { for: 'buy', text: purchaseCopy.help },
        { for: 'buy', text: purchaseCopy.helpWithAmount },
      ],
      run: runAdd,
    },
  ],
  messageActions: {
    [LINK_IDS.addCredits]: addCredits,
    [LINK_IDS.addToResume]: addToResume,
    [LINK_IDS.requestAdd]: addForRequest,
  },
  viewActions: {
    [IDS.action.purchaseBack]: goBack,
    [IDS.action.purchaseSeveral]: chooseSeveral,
    [IDS.action.purchaseRetry]: tryAgain,
    [IDS.action.purchaseOtherCard]: useOtherCard,
    [IDS.action.purchaseCardClaim]: claimHere,
    [IDS.action.purchaseCardDisown]: disownHere,
    [IDS.action.purchaseCardCheck]: openCheckHere,
  },
  submissions: {
    [IDS.view.purchaseForm]: submitForm,
    [IDS.view.purchaseLines]: submitLines,
    [IDS.view.purchaseReview]: submitReview,
  },
  afterSubmissions: { [IDS.view.purchaseReview]: updateLater },
  suggestions: { [IDS.view.purchaseForm]: { [IDS.field.scope]: suggestOffices } },
  readOnly: [
    LINK_IDS.addCredits,
    LINK_IDS.addToResume,
    LINK_IDS.requestAdd,
    IDS.action.purchaseBack,
    IDS.action.purchaseSeveral,
    IDS.view.purchaseLines,
    IDS.action.purchaseCardCheck,
    IDS.view.purchaseForm,
  ],
  textModal: purchaseText,
  notices,
} satisfies Feature;
