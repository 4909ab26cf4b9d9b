import type { CardFacts, CheckEnd, CheckFacts } from '../../billing/index.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { describeFailure } from './declines.ts';
import { formatCard, mentionAny } from './format.ts';
import { codeSpan, escapeText } from './mrkdwn.ts';

type FactsOf<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;
type Named = Pick<CardFacts, 'brand' | 'last4'>;

const RANGE = 'between $1.00 and $1.99';
const SHOW_CARDS = '`/credits card`';

/** `12/27`, as it is printed on the card. */
const expiry = (card: { expMonth: number; expYear: number }): string =>
  `${String(card.expMonth).padStart(2, '0')}/${String(card.expYear).slice(-2)}`;

const attempts = (left: number): string => (left === 1 ? '1 attempt left.' : `${left} attempts left.`);

/** How a check stands: what is under way, or why it failed. */
interface CheckMoment {
  check: CheckFacts | null;
  failureCode: string | null;
}

/** How the charge stands on the statement: the processor's own words, the code masked. */
const statement = ({ statementHint }: CheckFacts): string =>
  statementHint === null ? 'this charge' : `this charge, shown as ${codeSpan(statementHint)},`;

/** What waits for a card all the same. */
const stillWaiting = (labels: readonly string[]): string =>
  labels.length === 0
    ? ''
    : ` Auto-recharge for ${labels.map(escapeText).join(', ')} is still waiting for a card that works.`;

const whatToEnter = ({ takesCode }: { takesCode: boolean }): string =>
  takesCode ? `an amount ${RANGE}, or the 4 characters after CHECK` : `an amount ${RANGE}`;

const enterIt = (card: Named, check: CheckFacts): string =>
  `Find ${statement(check)} in your bank app and enter the amount${check.takesCode ? ' or the last 4 characters' : ''} to verify *${formatCard(card)}*. We’ll refund it.`;

export const cardCopy = {
  help: '`/credits card`  your company’s cards: add one, verify one, choose the default',
  title: 'Cards',
  none: '*No card on file yet.* Add one on our secure payment page. Adding a card doesn’t buy credits.',
  line: (card: CardFacts): string =>
    `*${formatCard(card)}* · expires ${expiry(card)}${card.isDefault ? ' · Default' : card.isFallback ? ' · Backup' : ''}`,
  states: {
    unclaimed: ':grey_question: Waiting for the person who added it to confirm that it’s theirs.',
    unconfirmed: ':hourglass_flowing_sand: Needs verification before it can be charged.',
    usable: '',
    locked: ':lock: Locked after too many wrong entries. Ask your provider to unlock it.',
    needs_replacing:
      ':warning: *Needs replacing.* Its bank won’t accept it anymore, so it isn’t charged. Add it again or use another card.',
  } satisfies Record<CardFacts['state'], string>,
  add: 'Add a card',
  openPage: 'Open secure payment page',
  addIntro:
    'Add your card on our secure payment page (link expires in 15 minutes). We’ll message you as soon as it’s ready.',
  makeDefault: 'Make default',
  makeFallback: 'Set as backup',
  remove: 'Remove',
  removeSure: (card: Named): string => `${formatCard(card)} won’t be charged again.`,
  keep: 'Keep card',
  gone: 'That card is no longer here. Nothing was changed. See `/credits card`.',
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Only company admins can manage cards. ${admins.length === 0 ? 'Ask your provider.' : `Ask ${mentionAny(admins)}.`}`,

  isItYours: (card: Named, company: string): string =>
    `*${formatCard(card)}* was added for ${company} on the page you opened. Is it yours?`,
  isItYoursHere: (card: Named): string =>
    `*${formatCard(card)}* was added on the page you opened. Is it yours?`,
  yes: (card: Named): string => `Yes, it ends in ${card.last4}`,
  no: 'No, remove it',
  disowned: (card: Named): string => `${formatCard(card)} was removed. *You weren’t charged.*`,
  claimed: {
    asked: (card: Named): string =>
      `We’re charging a small amount ${RANGE} to ${formatCard(card)} to verify it. We’ll refund it, and update this as soon as it’s charged.`,
    usable: (card: Named): string =>
      `:white_check_mark: ${formatCard(card)} is your default card now. You weren’t charged for adding it.`,
    locked: (card: Named): string =>
      `:lock: ${formatCard(card)} is locked after too many wrong entries. You weren’t charged. Ask your provider to unlock it.`,
    already: (card: Named): string => `${formatCard(card)} is already on file. See ${SHOW_CARDS}.`,
  },

  enterAmount: 'Verify card',
  confirmTitle: 'Verify card',
  confirmIntro: (card: Named, check: CheckFacts): string =>
    check.state === 'waiting'
      ? `${enterIt(card, check)} It can take a few minutes to appear.`
      : `We’re charging a small amount ${RANGE} to *${formatCard(card)}*. It can take a few minutes to appear in your bank app.`,
  amountLabel: 'Amount charged, or the last 4 characters',
  amountOnlyLabel: 'Amount charged',
  amountHint: 'For example 1.37',
  confirm: 'Verify card',
  wrong: (triesLeft: number): string => `That doesn’t match our charge. ${attempts(triesLeft)}`,
  impossible: (check: { takesCode: boolean }): string => `Enter ${whatToEnter(check)}.`,
  notYet: 'The charge hasn’t gone through yet. Try again in a minute.',
  bankAsks: (url: string): string =>
    `Your bank needs you to verify the small charge first: <${url}|open your bank’s page>. You won’t be charged until you do.`,
  confirmed: (card: Named): string =>
    `:white_check_mark: *${formatCard(card)} is verified* and is your default card now. The small charge is refunded.`,
  lockedNow:
    ':lock: *The card is locked after too many wrong entries.* The small charge is refunded. Ask your provider to unlock it, or add another card.',
  notWaiting: 'This card no longer needs verification. See `/credits card`.',

  waitingInForm: (card: Named): string =>
    `*${formatCard(card)} needs verification before it can be charged.* Verify it with \`/credits card\`. You weren’t charged for credits.`,

  check: {
    waiting: (card: Named, { check }: CheckMoment): string =>
      check === null ? cardCopy.claimed.asked(card) : enterIt(card, check),
    needs_action: (card: Named, { check }: CheckMoment): string =>
      check?.actionUrl == null ? cardCopy.claimed.asked(card) : cardCopy.bankAsks(check.actionUrl),
    charging: (card: Named): string => cardCopy.claimed.asked(card),
    confirmed: (card: Named): string =>
      `:white_check_mark: *${formatCard(card)} is verified.* The small charge is refunded.`,
    locked: (card: Named): string =>
      `:lock: *${formatCard(card)} is locked after too many wrong entries.* The small charge is refunded. Ask your provider to unlock it, or add another card.`,
    expired: (card: Named): string =>
      `:hourglass: *${formatCard(card)} wasn’t verified within a week.* The small charge is refunded, and the card isn’t used.`,
    failed: (card: Named, { failureCode }: CheckMoment): string =>
      `:x: ${describeFailure(failureCode ?? '', card)} The card isn’t used. Add another one with ${SHOW_CARDS}.`,
  } satisfies Record<CheckEnd | CheckFacts['state'], (card: Named, moment: CheckMoment) => string>,

  notAdded: {
    failed: ({ card, failureCode }: { card: Named; failureCode?: string }): string =>
      `:x: ${describeFailure(failureCode ?? '', card)} The card isn’t used.`,
    locked: ({ card }: { card: Named }): string => cardCopy.claimed.locked(card),
  },

  notices: {
    to_confirm: (facts: FactsOf<'card'>): string =>
      `:credit_card: <@${facts.byUserId}> added *${formatCard(facts)}*. We’re charging a small amount ${RANGE} to verify it, and will refund it.`,
    confirmed: (facts: FactsOf<'card'>): string =>
      `:white_check_mark: *${formatCard(facts)}*, added by <@${facts.byUserId}>, is verified and is the default card now. The small charge is refunded.`,
    locked: (facts: FactsOf<'card'>): string =>
      `:lock: *${formatCard(facts)}*, added by <@${facts.byUserId}>, is locked after too many wrong entries. The small charge is refunded. Ask your provider to unlock it.`,
    failed: (facts: FactsOf<'card'>): string =>
      `:x: The card that <@${facts.byUserId}> added isn’t used. ${describeFailure(facts.failureCode ?? '', facts)}${stillWaiting(facts.waiting)}`,
    detached: (facts: FactsOf<'card'>): string =>
      `:x: *${formatCard(facts)}* was removed at the card processor and can’t be charged anymore. Add another card, so that credits keep coming.`,
    expired: (facts: FactsOf<'card'>): string =>
      `:hourglass: *${formatCard(facts)}*, added by <@${facts.byUserId}>, wasn’t verified within a week. The small charge is refunded, and the card isn’t used.`,
  } satisfies Record<FactsOf<'card'>['event'], (facts: FactsOf<'card'>) => string>,
  expiring: (facts: FactsOf<'card_expiring'>): string =>
    `:credit_card: *${formatCard(facts)}* expires at the end of ${expiry(facts)}. Add another card before then, so that credits keep coming.`,
};
