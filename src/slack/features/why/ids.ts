/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    whyPeriod: 'why_period',
    whyScope: 'why_scope',
    whyDay: 'why_day',
    whyBack: 'why_back',
    whyNewest: 'why_newest',
    whyOlder: 'why_older',
  },
  view: {
    why: 'why',
  },
} as const;
