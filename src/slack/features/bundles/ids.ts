/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    bundleBuy: 'bundle_buy',
    bundleChange: 'bundle_change',
    bundleCancel: 'bundle_cancel',
    bundleKeep: 'bundle_keep',
    bundleResume: 'bundle_resume',
  },
  view: {
    bundleForm: 'bundle_form',
    bundleReview: 'bundle_review',
    bundleResult: 'bundle_result',
  },
  field: {
    bundle: 'bundle',
    scope: 'scope',
  },
} as const;
