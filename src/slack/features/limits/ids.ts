/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    limitsAdd: 'limits_add',
    limitsChange: 'limits_change',
    limitsRemove: 'limits_remove',
    limitsPrevious: 'limits_previous',
    limitsNext: 'limits_next',
  },
  view: {
    limits: 'limits',
    limitForm: 'limit_form',
    limitReview: 'limit_review',
    limitEnd: 'limit_end',
    limitText: 'limit_result',
  },
  field: {
    limitOf: 'limit_of',
    limitPeriod: 'limit_period',
    limitAmount: 'limit_amount',
    limitLevels: 'limit_levels',
  },
} as const;
