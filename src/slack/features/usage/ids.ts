/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    usageRecords: 'usage_records',
    usageSums: 'usage_sums',
    usageNewest: 'usage_newest',
    usageNewer: 'usage_newer',
    usageOlder: 'usage_older',
    usagePeriod: 'usage_period',
    usagePerson: 'usage_person',
    usageKind: 'usage_kind',
    usageOffice: 'usage_office',
  },
} as const;
