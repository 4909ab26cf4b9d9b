import { rechargeCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import {
  acceptSuggestion,
  askForCap,
  chooseRechargeScope,
  resumeRecharging,
  runAutoRecharge,
  showRecharge,
  suggestWallets,
  turnOffRecharge,
} from './open-recharge.ts';
import { rechargeText } from './recharge-views.ts';
import { confirmRecharge, submitCap, submitRecharge } from './save-recharge.ts';

export const recharge = {
  commands: [
    {
      word: 'auto-recharge',
      also: ['autorecharge', 'recharge'],
      help: [{ for: 'buy', text: rechargeCopy.help }],
      run: runAutoRecharge,
    },
  ],
  messageActions: {
    [LINK_IDS.rechargeShow]: showRecharge,
    [LINK_IDS.rechargeOff]: turnOffRecharge,
    [LINK_IDS.rechargeResume]: resumeRecharging,
    [LINK_IDS.rechargeCap]: askForCap,
    [IDS.action.rechargeSuggested]: acceptSuggestion,
  },
  viewActions: { [IDS.action.rechargeScope]: chooseRechargeScope },
  submissions: {
    [IDS.view.rechargeForm]: submitRecharge,
    [IDS.view.rechargeReview]: confirmRecharge,
    [IDS.view.rechargeCap]: submitCap,
  },
  suggestions: { [IDS.view.rechargeForm]: { [IDS.action.rechargeScope]: suggestWallets } },
  readOnly: [LINK_IDS.rechargeShow, LINK_IDS.rechargeOff, LINK_IDS.rechargeCap, IDS.action.rechargeScope],
  textModal: rechargeText,
  notices,
} satisfies Feature;
