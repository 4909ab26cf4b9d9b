import type { Feature } from '../../kit/feature.ts';
import { approve, decline } from './answer-approval.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';

export const approvals = {
  messageActions: { [IDS.action.approvalApprove]: approve, [IDS.action.approvalDecline]: decline },
  notices,
} satisfies Feature;
