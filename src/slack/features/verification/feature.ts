import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { verifyClick } from './verify-payment.ts';

export const verification = {
  claimActions: { [LINK_IDS.paymentVerify]: verifyClick },
} satisfies Feature;
