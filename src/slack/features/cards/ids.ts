/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    cardAdd: 'card_add',
    cardClaim: 'card_claim',
    cardDisown: 'card_disown',
    cardAmount: 'card_amount',
    cardDefault: 'card_default',
    cardFallback: 'card_fallback',
    cardRemove: 'card_remove',
  },
  view: {
    cardResult: 'card_result',
  },
} as const;
