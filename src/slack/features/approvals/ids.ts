/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    approvalApprove: 'approval_approve',
    approvalDecline: 'approval_decline',
  },
} as const;
