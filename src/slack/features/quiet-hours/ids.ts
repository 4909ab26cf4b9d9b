/** The ids that go to Slack and come back. */
export const IDS = {
  view: {
    quietForm: 'quiet_form',
    quietResult: 'quiet_result',
  },
  field: {
    quietOn: 'quiet_on',
    quietFrom: 'quiet_from',
    quietTo: 'quiet_to',
    quietDays: 'quiet_days',
    quietZone: 'quiet_zone',
  },
} as const;
