/** Every id that goes to Slack and comes back. `listeners.ts` says what answers each. */
export const IDS = {
  command: '/credits',
  action: {
    addCredits: 'add_credits',
    purchaseBack: 'purchase_back',
    purchaseRetry: 'purchase_retry',
    purchaseOtherCard: 'purchase_other_card',
    cardShow: 'card_show',
    cardAdd: 'card_add',
    cardClaim: 'card_claim',
    cardDisown: 'card_disown',
    cardAmount: 'card_amount',
    cardDefault: 'card_default',
    cardRemove: 'card_remove',
    exportCancel: 'export_cancel',
    /** Buttons that only open an address; Slack tells of the click all the same. */
    openLink: 'open_link',
  },
  view: {
    purchaseForm: 'purchase_form',
    purchaseReview: 'purchase_review',
    purchaseResult: 'purchase_result',
    cardAmount: 'card_amount_form',
  },
  field: { scope: 'scope', choice: 'choice', other: 'other', cardAmount: 'card_amount' },
} as const;
