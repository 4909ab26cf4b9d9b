import type { OrderFacts, OtherPurchase, PayBy, PayingCard } from '../../billing/index.ts';
import {
  type AmountFault,
  dollars,
  formatBalance,
  formatDebt,
  formatDollars,
  type Money,
} from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { describeFault } from './amounts.ts';
import { describeFailure } from './declines.ts';
import { formatAgo, formatCard, formatPayBy } from './format.ts';
import { generalCopy } from './general.ts';
import { escapeText, shorten } from './mrkdwn.ts';
import { listBalances, nameLines } from './order-lines.ts';

/** Slack takes so many characters on a modal's submit button, and on any other. */
const MAX_SUBMIT = 24;
const MAX_BUTTON = 75;

/** How many offices a sentence names. */
const MAX_NAMED = 5;

function listNames(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMED).map((name) => escapeText(shorten(name, 60)));
  const more = names.length - named.length;
  return new Intl.ListFormat('en-US', { type: 'disjunction' }).format(
    more === 0 ? named : [...named, `${more} others`],
  );
}

type ReceiptFacts = Extract<NoticeFacts, { kind: 'receipt' }>;

export const purchaseCopy = {
  help: '`/credits add`  add credits: choose, review, pay',
  helpWithAmount: '`/credits add 50 New York`  review $50.00 for New York at once',
  title: 'Add credits',
  reviewTitle: 'Review purchase',
  scopeLabel: 'For',
  chooseOffice: 'Choose an office',
  officeMissing: 'Choose an office.',
  choiceLabel: 'Amount',
  amountLabel: 'Amount ($)',
  otherLabel: 'Or another amount ($)',
  otherHint: (min: Money, max: Money): string => `Between ${formatDollars(min)} and ${formatDollars(max)}.`,
  payWithLabel: 'Pay with',
  chooseCardOption: 'Choose a card',
  cardOption: (card: Pick<PayingCard, 'brand' | 'last4'>, isDefault: boolean): string =>
    `${formatCard(card)}${isDefault ? ' (default)' : ''}`,
  severalOffices: 'Several offices',
  oneOffice: 'One office',
  severalIntro: (shown: number, all: number): string =>
    `Enter an amount for each office that gets credits. They are one charge with one receipt.${shown < all ? ` The first ${shown} of ${all} offices are shown; for others type \`/credits add 50 Office, 30 Other office\`.` : ''}`,
  noLines: 'Enter an amount for at least one office.',
  review: 'Review',
  confirm: (amount: Money, { method }: PayBy): string => {
    if (method === 'card') return `Pay ${formatDollars(amount)}`;
    const label = `Add ${formatDollars(amount)} to invoice`;
    return label.length > MAX_SUBMIT ? 'Add to invoice' : label;
  },
  /** Of credits that are overdrawn: what clears that. */
  addToResume: (amount: Money): string => `Add ${formatDollars(amount)}`,
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  loading: 'One moment…',

  paidHow: (payBy: PayBy, timeZone: string, now: Date): string =>
    payBy.method === 'card'
      ? `Paid with ${formatPayBy(payBy, timeZone, now)}, charged after you confirm.`
      : `Added to ${formatPayBy(payBy, timeZone, now)}.`,
  noCard: '*No card on file yet.* Add one on our secure payment page. Adding a card doesn’t buy credits.',
  addCard: 'Add a card',
  cardPageIntro: ({ state, amount, lines }: OrderFacts): string => {
    const what = state === 'draft' ? '' : ` to pay ${formatDollars(amount)} for ${nameLines(lines)}`;
    return `Add your card on our secure payment page${what} (link expires in 15 minutes). We’ll update this as soon as it’s ready. *You weren’t charged.*`;
  },
  chooseCard: ({ amount, lines }: OrderFacts): string =>
    `Which card should pay ${formatDollars(amount)} for ${nameLines(lines)}? *You weren’t charged.*`,

  credits: 'Credits',
  office: 'For',
  paidWith: 'Paid with',
  chargedNow: 'Charged now',
  balanceOf: (scope: string): string => `Balance of ${escapeText(scope)}`,
  change: (before: Money, after: Money): string => `${formatBalance(before)} → ${formatBalance(after)}`,
  onInvoice: (payBy: PayBy, timeZone: string, now: Date): string =>
    `On ${formatPayBy(payBy, timeZone, now)}. No card is charged.`,
  /** What a purchase cannot clear. */
  staysOverdrawn: (scope: string, balance: Money): string =>
    `${escapeText(scope)} stays overdrawn by ${formatDebt(balance)}.`,
  meanwhile: (others: readonly OtherPurchase[], now: Date): string => {
    const said = others.map(
      ({ userId, amount, at }) => `<@${userId}> added ${formatDollars(amount)} ${formatAgo(at, now)}`,
    );
    return `:warning: ${said.join(', ')}. Confirm only if you want to add yours as well. *You weren’t charged for yours.*`;
  },

  changed:
    ':warning: This purchase changed after you reviewed it. Check the details and confirm again. *You weren’t charged.*',

  adding: (amount: Money): string => `Adding ${formatDollars(amount)} of credits…`,
  addingMore: 'This usually takes a few seconds. You can close this. We’ll post the receipt.',
  added: (order: OrderFacts): string => {
    const where = order.receiptChannelId === null ? '' : ` is in <#${order.receiptChannelId}>`;
    const receipt = `\nReceipt ${order.receipt ?? ''}${where}.`;
    const [line, ...others] = order.lines;
    if (line === undefined || others.length > 0)
      return `:white_check_mark: *${formatDollars(order.amount)} added.*\n${listBalances(order.lines)}${receipt}`;
    const added = `*${formatDollars(order.amount)} added to ${escapeText(line.scopeLabel)}.*`;
    return line.balance.isNegative()
      ? `:warning: ${added} It is still overdrawn by ${formatDebt(line.balance)}.${receipt}`
      : `:white_check_mark: ${added} Balance: ${formatBalance(line.balance)}.${receipt}`;
  },
  /** The title of the modal, by how the purchase stands. */
  resultTitles: {
    settled: 'Credits added',
    declined: 'Payment declined',
    needs_action: 'Verify payment',
    unknown: 'Still processing',
    stuck: 'Payment not confirmed',
    awaiting_approval: 'Approval requested',
    abandoned: 'Purchase closed',
    draft: 'Add credits',
    confirmed: 'Adding credits',
    charging: 'Adding credits',
  } satisfies Record<OrderFacts['state'], string>,
  /** Why nothing can be bought. */
  paused: {
    dispute:
      'A payment is disputed at the bank, so purchases and auto-recharge are paused until that is settled. Your provider can lift the pause.',
    ...generalCopy.notServed,
  },
  declined: ({ amount, lines, failure, payBy, canRetry }: OrderFacts): string => {
    const card = payBy.method === 'card' ? payBy.card : null;
    const next = canRetry ? '' : ' Use another card to continue.';
    return `:x: *${formatDollars(amount)} for ${nameLines(lines)} wasn’t added.* ${describeFailure(failure?.code ?? '', card)}${next}`;
  },
  needsReplacing: (card: Pick<PayingCard, 'brand' | 'last4'>): string =>
    `${formatCard(card)} needs replacing: its bank won’t accept it anymore. Add another card, or make another one the default, with \`/credits card\`.`,
  /** On the button that pays: what, and with which card. */
  payWith: (amount: Money, payBy: PayBy): string =>
    payBy.method === 'card' && payBy.card !== null
      ? shorten(`Pay ${formatDollars(amount)} with ${formatCard(payBy.card)}`, MAX_BUTTON)
      : purchaseCopy.confirm(amount, payBy),
  otherOnFile: (payBy: PayBy): string =>
    payBy.method === 'card' && payBy.card !== null
      ? `${formatCard(payBy.card)} is on file now.`
      : 'Your company pays by invoice now.',
  needsAction: ({ amount, lines }: OrderFacts): string =>
    `Your bank needs you to verify this payment of ${formatDollars(amount)} for ${nameLines(lines)}. *You won’t be charged until you do.*`,
  openBank: 'Open your bank’s page',
  unknown: ({ amount, lines, reference }: OrderFacts): string =>
    `*Still processing ${formatDollars(amount)} for ${nameLines(lines)}.* Please don’t pay again: we’ll keep checking and update you here or by DM. Reference *${reference}*.`,
  stuck: ({ amount, lines, reference }: OrderFacts): string =>
    `*We couldn’t confirm this payment of ${formatDollars(amount)} for ${nameLines(lines)}.* Please don’t pay again: we’ll check every day for 30 days and update you here or by DM. Your provider has been told. Reference *${reference}*.`,
  tryAgain: 'Try again',
  useOtherCard: 'Use another card',

  directAbout: (order: OrderFacts): string =>
    `About your purchase of ${formatDollars(order.amount)} for ${nameLines(order.lines)}:`,

  belowMinimum: (limit: Money): string => `The smallest purchase is ${formatDollars(limit)}.`,
  aboveMaximum: (limit: Money): string => `The largest purchase is ${formatDollars(limit)}.`,
  dailyLimit: (limit: Money, room: Money): string =>
    `Purchase limit: ${formatDollars(limit)} in 24 hours. ${formatDollars(room)} remaining.`,
  exposureLimit: (limit: Money, room: Money): string =>
    `Invoice limit: ${formatDollars(limit)}. ${formatDollars(room)} remaining.`,
  badTyped: (typed: string, fault: AmountFault): string =>
    `“${typed}” isn’t a valid amount. ${fault === 'not-a-number' ? 'Try `/credits add 50`.' : describeFault(fault)}`,
  unknownOffice: (typed: string, offices: readonly string[]): string =>
    `I couldn’t find an office called “${typed}”. You can add credits for ${listNames(offices)}.`,
  sharedCredits:
    'Your company shares its credits, so they aren’t added to one office. Try `/credits add 50`.',
  notAllowedThere: 'You can’t add credits there anymore.',
  refused: (why: string): string => `${why} *You weren’t charged.*`,
  /** The receipt in the channel. */
  receiptNotice: (facts: ReceiptFacts): string => {
    const paid = facts.payBy.method === 'card' ? formatCard(facts.payBy) : 'On the next invoice';
    const added = `:white_check_mark: <@${facts.byUserId}> added *${formatDollars(dollars(facts.amount))}*`;
    const [line, ...others] = facts.lines;
    if (line === undefined || others.length > 0)
      return `${added}. ${paid} · ${facts.receipt}\n${listBalances(facts.lines)}`;
    return `${added} to ${escapeText(line.scopeLabel)}. Balance: ${formatBalance(dollars(line.balance))}. ${paid} · ${facts.receipt}`;
  },
};
