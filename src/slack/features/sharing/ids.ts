/** The ids that go to Slack and come back. */
export const IDS = {
  view: {
    sharingForm: 'sharing_form',
    sharingReview: 'sharing_review',
    sharingResult: 'sharing_result',
  },
  field: {
    share: 'share',
    isOn: 'is_on',
    threshold: 'threshold',
    amount: 'amount',
    cap: 'cap',
    alertLevel: 'alert_level',
  },
} as const;
