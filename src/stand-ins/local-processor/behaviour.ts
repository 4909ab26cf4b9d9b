import { type AdviceCode, declineOf } from './decline-codes.ts';
import type { CardRule } from './test-cards.ts';

/** How the processor treats every charge while the switch stands so, whatever the card. */
export const BEHAVIOURS = [
  'approve',
  'decline',
  'expired',
  'stolen',
  'needs-action',
  'timeout-after-charge',
  'timeout-before-charge',
  'down',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Each position of the switch in words, for the panel that turns it. */
export const BEHAVIOUR_CHOICES: readonly { value: Behaviour; label: string }[] = [
  { value: 'approve', label: 'Cards work as they should' },
  { value: 'decline', label: 'Declined: insufficient funds' },
  { value: 'expired', label: 'Declined: the card has expired' },
  { value: 'stolen', label: 'Declined: reported stolen' },
  { value: 'needs-action', label: 'The bank asks for confirmation' },
  { value: 'timeout-after-charge', label: 'Charged, but no answer arrives' },
  { value: 'timeout-before-charge', label: 'Not charged, and no answer arrives' },
  { value: 'down', label: 'The processor is down' },
];

/**
 * A refusal as the API words it. `adviceCode` is `advice_code` of the SDK's `LastPaymentError` and `Charge.Outcome`
 * (docs.stripe.com/declines/card#retrying-issuer-declines).
 */
export interface Decline {
  code: string;
  declineCode?: string;
  adviceCode?: AdviceCode;
  message: string;
}

/** What becomes of one charge. */
export type ChargeOutcome =
  | { kind: 'paid'; isSilent: boolean }
  | { kind: 'processing' }
  /** Paid, and disputed by the holder at once. */
  | { kind: 'disputed' }
  | { kind: 'declined'; decline: Decline }
  | { kind: 'needs-authentication' }
  | { kind: 'silent' };

/** The refusals, by the rule that brings them. */
export const LOCAL_CARD_DECLINES = {
  decline: declineOf('generic_decline'),
  'insufficient-funds': declineOf('insufficient_funds', 'try_again_later'),
  expired: declineOf('expired_card', 'confirm_card_data'),
  'incorrect-cvc': declineOf('incorrect_cvc', 'confirm_card_data'),
  'processing-error': declineOf('processing_error', 'try_again_later'),
  lost: declineOf('lost_card', 'do_not_try_again'),
  stolen: declineOf('stolen_card', 'do_not_try_again'),
  'authentication-required': declineOf('authentication_required'),
} as const satisfies Record<string, Decline>;

const PAID: ChargeOutcome = { kind: 'paid', isSilent: false };

const BY_CARD: Record<CardRule, ChargeOutcome> = {
  approve: PAID,
  decline: { kind: 'declined', decline: LOCAL_CARD_DECLINES.decline },
  'decline-later': { kind: 'declined', decline: LOCAL_CARD_DECLINES.decline },
  'insufficient-funds': { kind: 'declined', decline: LOCAL_CARD_DECLINES['insufficient-funds'] },
  expired: { kind: 'declined', decline: LOCAL_CARD_DECLINES.expired },
  'incorrect-cvc': { kind: 'declined', decline: LOCAL_CARD_DECLINES['incorrect-cvc'] },
  'processing-error': { kind: 'declined', decline: LOCAL_CARD_DECLINES['processing-error'] },
  lost: { kind: 'declined', decline: LOCAL_CARD_DECLINES.lost },
  stolen: { kind: 'declined', decline: LOCAL_CARD_DECLINES.stolen },
  'authenticate-then-decline': { kind: 'needs-authentication' },
  'authenticate-once': { kind: 'needs-authentication' },
  'authenticate-always': { kind: 'needs-authentication' },
  'timeout-after-charge': { kind: 'paid', isSilent: true },
  'timeout-before-charge': { kind: 'silent' },
  'settle-late': { kind: 'processing' },
  dispute: { kind: 'disputed' },
};

const BY_SWITCH: Record<Exclude<Behaviour, 'approve' | 'down'>, ChargeOutcome> = {
  decline: BY_CARD['insufficient-funds'],
  expired: BY_CARD.expired,
  stolen: BY_CARD.stolen,
  'needs-action': BY_CARD['authenticate-always'],
  'timeout-after-charge': BY_CARD['timeout-after-charge'],
  'timeout-before-charge': BY_CARD['timeout-before-charge'],
};

/**
 * What becomes of a charge: the switch decides first, then the card.
 * @param isAuthenticated the card's holder has satisfied the bank (for this payment, or once for good)
 */
export function decideCharge(behaviour: Behaviour, rule: CardRule, isAuthenticated: boolean): ChargeOutcome {
  const isSwitched = behaviour !== 'approve' && behaviour !== 'down';
  const outcome = isSwitched ? BY_SWITCH[behaviour] : BY_CARD[rule];
  if (outcome.kind !== 'needs-authentication' || !isAuthenticated) return outcome;
  return !isSwitched && rule === 'authenticate-then-decline' ? BY_CARD['insufficient-funds'] : PAID;
}

/** Why a card cannot even be saved, if so: such cards are refused before they are attached. */
export function refuseSetup(rule: CardRule): Decline | undefined {
  const isRefused =
    rule === 'decline' ||
    rule === 'insufficient-funds' ||
    rule === 'expired' ||
    rule === 'incorrect-cvc' ||
    rule === 'processing-error' ||
    rule === 'lost' ||
    rule === 'stolen';
  return isRefused ? LOCAL_CARD_DECLINES[rule] : undefined;
}
