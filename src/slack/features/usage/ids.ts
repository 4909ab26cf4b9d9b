/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    usageRecords: 'usage_records',
    usageNewest: 'usage_newest',
    usageNewer: 'usage_newer',
    usageOlder: 'usage_older',
  },
} as const;
