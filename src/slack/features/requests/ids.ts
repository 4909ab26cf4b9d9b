/** The ids that go to Slack and come back. */
export const IDS = {
  view: {
    requestForm: 'request_form',
    requestDecline: 'request_decline_form',
    requestResult: 'request_result',
  },
  field: {
    amount: 'amount',
    reason: 'reason',
  },
} as const;
