import type { Command } from '../frame/index.ts';
import { answerApprovalCommand } from './answer-approval.ts';
import { listApprovalsCommand } from './list-approvals.ts';
import { setApprovalLimitCommand } from './set-limit.ts';

export const commands: readonly Command[] = [
  setApprovalLimitCommand,
  listApprovalsCommand,
  answerApprovalCommand,
];
