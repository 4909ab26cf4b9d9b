/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    rechargeSuggested: 'recharge_suggested',
    rechargeScope: 'recharge_scope',
  },
  view: {
    rechargeForm: 'recharge_form',
    rechargeReview: 'recharge_review',
    rechargeCap: 'recharge_cap_form',
    rechargeResult: 'recharge_result',
  },
  field: {
    isOn: 'is_on',
    threshold: 'threshold',
    fills: 'fills',
    amount: 'amount',
    cap: 'cap',
  },
} as const;
