import type { Feature } from '../../kit/feature.ts';
import { LINKS } from '../../links.ts';
import { verifyClick } from './verify-payment.ts';

export const verification = {
  claimActions: { [LINKS.paymentVerify]: verifyClick },
} satisfies Feature;
