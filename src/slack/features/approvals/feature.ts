import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { approve, decline } from './answer-approval.ts';
import { notices } from './notices.ts';

export const approvals = {
  messageActions: { [LINK_IDS.approvalApprove]: approve, [LINK_IDS.approvalDecline]: decline },
  notices,
} satisfies Feature;
