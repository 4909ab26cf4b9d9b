import type { Feature } from '../../kit/feature.ts';
import { LINKS } from '../../links.ts';
import { approve, decline } from './answer-approval.ts';
import { notices } from './notices.ts';

export const approvals = {
  messageActions: { [LINKS.approvalApprove]: approve, [LINKS.approvalDecline]: decline },
  notices,
} satisfies Feature;
