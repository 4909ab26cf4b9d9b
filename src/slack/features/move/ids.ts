/** The ids that go to Slack and come back. */
export const IDS = {
  view: {
    moveForm: 'move_form',
    moveReview: 'move_review',
    moveResult: 'move_result',
  },
  field: {
    moveFrom: 'move_from',
    moveTo: 'move_to',
    moveAmount: 'move_amount',
  },
} as const;
