import type { CardFacts, CheckEnd } from '../../billing/index.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { describeFailure } from './declines.ts';
import { formatCard, mentionAny } from './format.ts';

type FactsOf<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;
type Named = Pick<CardFacts, 'brand' | 'last4'>;

const RANGE = 'between $0.50 and $1.99';

/** `12/27`, as it is printed on the card. */
const expiry = (card: { expMonth: number; expYear: number }): string =>
  `${String(card.expMonth).padStart(2, '0')}/${String(card.expYear).slice(-2)}`;

export const cardWords = {
  title: 'Cards',
  none: '*No card on file yet.* Add one on the card processor’s page; Refill never sees its number. Nothing is charged for credits by adding it.',
  line: (card: CardFacts): string =>
    `*${formatCard(card)}* · ${expiry(card)}${card.isDefault ? ' · charged for credits' : card.isFallback ? ' · charged by auto-recharge when the other is declined' : ''}`,
  states: {
    unclaimed: ':grey_question: Waiting for whoever added it to say that it is theirs.',
    unconfirmed: ':hourglass_flowing_sand: To be confirmed before it can be charged for credits.',
    usable: '',
    locked: ':lock: Locked after too many wrong amounts. Ask your operator to open it again.',
    needs_replacing:
      ':warning: *Needs replacing.* Its bank won’t accept it anymore, so it isn’t charged. Add it again or use another card.',
  } satisfies Record<CardFacts['state'], string>,
  add: 'Add a card',
  openPage: 'Open the card page',
  addIntro:
    'Type the card on the card processor’s page; Refill never sees its number. The link is yours alone and works for 15 minutes. Afterwards Refill asks you in a message whether the card is yours.',
  makeDefault: 'Charge this one',
  makeFallback: 'Use as fallback',
  remove: 'Remove',
  removeSure: (card: Named): string => `${formatCard(card)} is never charged again.`,
  changed: (card: Named): string => `${formatCard(card)} is charged for credits from now on.`,
  removed: (card: Named): string => `${formatCard(card)} was removed. It is never charged again.`,
  gone: 'That card is not here any more. Nothing was changed. `/credits card` shows your cards.',
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Cards are the company admins’. ${admins.length === 0 ? 'Ask your operator.' : `Ask ${mentionAny(admins)}.`}`,

  isItYours: (card: Named, company: string): string =>
    `A card was added on the page you opened for ${company}: *${formatCard(card)}*. Is it yours?`,
  yes: (card: Named): string => `Yes, it ends in ${card.last4}`,
  no: 'No, remove it',
  disowned: (card: Named): string => `${formatCard(card)} was removed. *Nothing was charged to it.*`,
  claimed: {
    asked: (card: Named): string =>
      `We are charging a small amount, ${RANGE}, to ${formatCard(card)}. Look it up with your bank and enter it here: that confirms the card, and the charge is refunded.`,
    usable: (card: Named): string =>
      `:white_check_mark: ${formatCard(card)} is charged for credits from now on. Nothing was charged by adding it.`,
    locked: (card: Named): string =>
      `:lock: ${formatCard(card)} is locked after too many wrong amounts. Nothing was charged now. Ask your operator to open it again.`,
    already: (card: Named): string =>
      `${formatCard(card)} is here already. \`/credits card\` shows your cards.`,
  },

  enterAmount: 'Enter the amount',
  confirmTitle: 'Confirm card',
  confirmIntro: (card: Named): string =>
    `We charged a small amount, ${RANGE}, to *${formatCard(card)}*. Your bank shows it in its app or on the statement, as “Card check, refunded”. It may take a few minutes to appear.`,
  amountLabel: 'Amount charged, in dollars',
  amountHint: 'For example 1.37',
  confirm: 'Confirm card',
  wrong: (triesLeft: number): string =>
    `That is not the amount we charged. ${triesLeft === 1 ? 'One try is' : `${triesLeft} tries are`} left.`,
  impossible: `Our charge was ${RANGE}, so that is not it. This cost no try.`,
  notYet: 'The charge is not through yet. Try again in a minute.',
  bankAsks: (url: string): string =>
    `Your bank wants you to approve the small charge first: <${url}|open your bank’s page>. Nothing is charged until you do.`,
  confirmed: (card: Named): string =>
    `:white_check_mark: *${formatCard(card)} is confirmed.* It is charged for credits from now on, and the small charge is refunded.`,
  lockedNow:
    ':lock: *That was one wrong amount too many, so the card is locked.* The small charge is refunded. Ask your operator to open the card again, or add another one.',
  notWaiting: 'This card is not waiting to be confirmed any more. `/credits card` shows how it stands.',

  waitingInForm: (card: Named): string =>
    `*${formatCard(card)} has to be confirmed before it can be charged.* Enter the amount of the small charge with \`/credits card\`, then come back here. Nothing was charged for credits.`,

  check: {
    confirmed: (card: Named): string =>
      `:white_check_mark: *${formatCard(card)} is confirmed.* The small charge is refunded.`,
    locked: (card: Named): string =>
      `:lock: *${formatCard(card)} is locked after too many wrong amounts.* The small charge is refunded. Ask your operator to open it again, or add another card.`,
    expired: (card: Named): string =>
      `:hourglass: *${formatCard(card)} wasn’t confirmed within a week.* The small charge is refunded, and the card isn’t used.`,
    failed: (card: Named, failureCode: string | null): string =>
      `:x: ${describeFailure(failureCode ?? '', card)} The card isn’t used. Add another one with \`/credits card\`.`,
  } satisfies Record<CheckEnd, (card: Named, failureCode: string | null) => string>,

  notices: {
    to_confirm: (facts: FactsOf<'card'>): string =>
      `:credit_card: *${formatCard(facts)}* was added by <@${facts.byUserId}>. A small amount, ${RANGE}, is charged to it and refunded; entering that amount confirms the card.`,
    confirmed: (facts: FactsOf<'card'>): string =>
      `:white_check_mark: *${formatCard(facts)}*, added by <@${facts.byUserId}>, is confirmed and charged for credits from now on. The small charge is refunded.`,
    locked: (facts: FactsOf<'card'>): string =>
      `:lock: *${formatCard(facts)}*, added by <@${facts.byUserId}>, is locked after too many wrong amounts. The small charge is refunded. Ask your operator to open it again.`,
    failed: (facts: FactsOf<'card'>): string =>
      `:x: The card that <@${facts.byUserId}> added isn’t used. ${describeFailure(facts.failureCode ?? '', facts)}`,
    detached: (facts: FactsOf<'card'>): string =>
      `:x: *${formatCard(facts)}* was removed at the card processor and can’t be charged anymore. Add another card, so that credits keep coming.`,
    expired: (facts: FactsOf<'card'>): string =>
      `:hourglass: *${formatCard(facts)}*, added by <@${facts.byUserId}>, was not confirmed within a week. The small charge is refunded, and the card is not used.`,
  } satisfies Record<FactsOf<'card'>['event'], (facts: FactsOf<'card'>) => string>,
  expiring: (facts: FactsOf<'card_expiring'>): string =>
    `:credit_card: *${formatCard(facts)}* expires with ${expiry(facts)}. Add another card before then, so that credits keep coming.`,
};
