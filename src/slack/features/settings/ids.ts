/** The ids that go to Slack and come back. */
export const IDS = {
  view: {
    settingsForm: 'settings_form',
    settingsResult: 'settings_result',
  },
  field: {
    setting: 'setting',
    alertOf: 'alert_of',
    alertLevel: 'alert_level',
  },
} as const;
