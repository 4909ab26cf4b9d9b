/** The ids of the purchase’s modal and of the form of a card check, which several features show. */
export const IDS = {
  action: {
    purchaseBack: 'purchase_back',
    purchaseSeveral: 'purchase_several',
    purchaseRetry: 'purchase_retry',
    purchaseOtherCard: 'purchase_other_card',
    purchaseCardClaim: 'purchase_card_claim',
    purchaseCardDisown: 'purchase_card_disown',
    purchaseCardCheck: 'purchase_card_check',
  },
  view: {
    purchaseForm: 'purchase_form',
    purchaseLines: 'purchase_lines',
    purchaseReview: 'purchase_review',
    purchaseResult: 'purchase_result',
    cardAmount: 'card_amount_form',
  },
  field: {
    scope: 'scope',
    choice: 'choice',
    other: 'other',
    payCard: 'pay_card',
    /** Begins the id of the amount of one office of several, which names the office. */
    line: 'line',
    cardAmount: 'card_amount',
  },
} as const;
