/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    receiptsNewest: 'receipts_newest',
    receiptsNewer: 'receipts_newer',
    receiptsOlder: 'receipts_older',
  },
} as const;
