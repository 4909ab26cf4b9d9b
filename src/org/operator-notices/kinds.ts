import { z } from 'zod';

/**
 * Every kind of operator notice, with the sentence that `refill operator list` and the log show for it: what is wrong,
 * then what to do. Every notice to the operator has its kind here.
 */
export const OPERATOR_NOTICES = {
  'books-disagree':
    'The nightly verification found books that do not agree with themselves. See which: refill verify. Change nothing by hand before it is understood. It closes by itself when a night finds nothing.',
  'role-changed': 'A company admin granted or revoked a role. See: refill people list.',
  'no-company-admin':
    'A company has no active company admin left: nobody there can approve, manage cards or grant roles. Grant the role to somebody: refill people grant.',
  'too-few-approvers':
    'Fewer than two people can answer above a company’s approval limit. Grant a role (refill people grant), or answer there yourself (refill approval answer).',
  'same-email':
    'Two people of a directory have one e-mail address, and one of them got something by it: perhaps one person with two accounts. Ask the company; correct the directory.',
  'processor-refuses-requests':
    'The card processor refuses requests for a reason that is not the bank’s. Check STRIPE_SECRET_KEY and the account.',
  'late-payment-not-refunded':
    'A payment came through after its purchase had ended unpaid, and its refund did not arrive. Refund it at the card processor, or by other means where its card accepts no refund.',
  'late-payment-refunded':
    'A payment came through after its purchase had ended unpaid, too late to be credited. It was refunded, and the buyer was notified.',
  'payment-unconfirmed':
    'The card processor has not said for a day whether a payment was charged: auto-recharge of its credits is paused. Look it up there, then: refill order resolve.',
  'early-fraud-warning':
    'A card network warns that a payment may be fraud. A refund at the card processor may spare a dispute.',
  'payment-disputed':
    'The bank of a card disputes a payment, or asks about it. Answer it at the card processor before its date there.',
  'dispute-of-unknown-kind':
    'The card processor reports a dispute in a state that this version does not know: nothing was paused or taken back. Look at it there.',
  'directory-items-odd':
    'A phone system lists people, numbers or offices that could not be read whole; all others were taken in. See which: refill directory status.',
  'texts-without-content':
    'A phone system sends texts without what they say, so each is billed as one segment. Give its key the scope message_content_export:all, and subscribe anew: refill phone-system subscribe.',
  'usage-feed-silent':
    'No usage came in over six hours in which a company has some every week. Look at its phone system’s webhook, or at who sends to the API. It closes by itself when usage comes in again.',
  'enforcement-lost':
    'A company’s phone system was not heard of for a day, so nothing says that it stops calls without credits: people are told that usage is overdrawn. See: refill endpoint list. It closes by itself when a ping is accepted or a hold is asked for.',
  'endpoint-off':
    'A company’s phone system accepted no events for three days, so none are sent to that endpoint any more. Ask the company; then: refill endpoint test, which switches it on again once it answers.',
  'webhook-refused':
    'Events of a phone system were refused within the hour, and will not be sent again: a wrong secret, or a clock that is off. See: refill webhook list.',
  'rates-rise':
    'By rates that were imported a company pays over 10 % more for what it used in the last 30 days. Tell it, or import other rates.',
  'usage-waits-for-a-rate':
    'Usage waits because no rate is in force for it. Import rates: refill rates import.',
} as const;

export const operatorNoticeKind = z.enum(
  Object.keys(OPERATOR_NOTICES) as [keyof typeof OPERATOR_NOTICES, ...(keyof typeof OPERATOR_NOTICES)[]],
);
export type OperatorNoticeKind = z.infer<typeof operatorNoticeKind>;

/** Kinds that report something that was done, and ask for nothing. */
const INFORMATION: ReadonlySet<OperatorNoticeKind> = new Set<OperatorNoticeKind>([
  'role-changed',
  'late-payment-refunded',
  'rates-rise',
]);

export function isInformation(kind: OperatorNoticeKind): boolean {
  return INFORMATION.has(kind);
}

/** Kinds that ask for something which a closed company does not need any more: they end with it, and are not raised after it. */
export const KINDS_ENDED_BY_CLOSING: ReadonlySet<OperatorNoticeKind> = new Set<OperatorNoticeKind>([
  'no-company-admin',
  'too-few-approvers',
  'directory-items-odd',
  'texts-without-content',
  'usage-feed-silent',
  'enforcement-lost',
  'endpoint-off',
  'webhook-refused',
  'rates-rise',
  'usage-waits-for-a-rate',
]);
