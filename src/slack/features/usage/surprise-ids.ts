/** Of the buttons of a surprise; two of them change something. */
export const SURPRISE_IDS = {
  action: {
    surpriseCalls: 'surprise_calls',
    surprisePause: 'surprise_pause',
    surpriseExpected: 'surprise_expected',
  },
} as const;
