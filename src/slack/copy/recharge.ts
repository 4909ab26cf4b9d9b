import {
  RECHARGE_INTERVAL_MS,
  type RechargeChoice,
  type RechargeFacts,
  type RechargeReview,
} from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { approvalCopy } from './approvals.ts';
import { describeFailure } from './declines.ts';
import { formatCard, formatDay, formatPayBy, formatRecurrence, formatTime } from './format.ts';
import { escapeText } from './mrkdwn.ts';

type Told<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;

const money = (text: string): string => formatDollars(dollars(text));

const monthName = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-US', { timeZone, month: 'long' }).format(at);

const time = (at: string, timeZone: string): string => formatTime(new Date(at), timeZone);

/** A try today is told by its time, a later one with its day. */
function tryTime(at: string, from: string, timeZone: string): string {
  const day = (iso: string): string => formatDay(new Date(iso), timeZone, new Date(from));
  return day(at) === day(from) ? time(at, timeZone) : `${day(at)}, ${time(at, timeZone)}`;
}

function told(facts: Told<'recharge'>): string {
  const of = escapeText(facts.scopeLabel);
  const left = `${money(facts.balance)} left`;
  const failure = describeFailure(facts.failureCode ?? '', facts.card);
  const retry =
    facts.nextTryAt === null ? 'soon' : `at ${tryTime(facts.nextTryAt, facts.at, facts.timeZone)}`;
  switch (facts.status) {
    case 'added':
      return `${added(facts, of)} · ${facts.receipt ?? ''}${
        facts.suggested === null
          ? ''
          : `\nAuto-recharge fires often here. ${money(facts.suggested)} at a time means fewer charges.`
      }`;
    case 'needs_action':
      return `:bank: *Auto-recharge for ${of} is waiting for your bank*, which needs ${money(facts.amount)} to be verified. You won’t be charged until then. ${left}.`;
    case 'to_verify':
      return `:bank: *Auto-recharge for ${of} needs you to verify a payment.* ${toVerify(facts)} ${left}.`;
    case 'failed':
      return `:x: *Auto-recharge failed* for ${of}. ${failure} ${left}. Next try ${retry} (${facts.triesLeft} left).`;
    case 'refused':
      return `:warning: *Auto-recharge for ${of} is waiting.* ${failure} ${left}. Next try ${retry}.`;
    case 'given_up':
      return facts.isOff
        ? `:x: Auto-recharge failed for ${of}. ${failure} It won’t be tried again, as auto-recharge is off now. ${left}.`
        : `:double_vertical_bar: *Auto-recharge is paused* for ${of}. ${failure} To resume, fix the card or save auto-recharge again. ${left}.`;
    case 'dropped':
      return `:hourglass: Auto-recharge had failed for ${of}. ${failure} It isn’t tried again, because credit sharing was changed.`;
    case 'over_limit':
      return `:double_vertical_bar: Auto-recharge had failed for ${of}. ${failure} It won’t be tried again: it would exceed the purchase limit of 24 hours. ${left}.`;
    case 'needless':
      return `:white_check_mark: Auto-recharge had failed for ${of}. ${failure} Credits were added since, so it won’t be tried again · balance ${money(facts.balance)}`;
  }
}

/** Credits that came; where they leave the wallet overdrawn, that is no success, and when the next can come is said. */
function added(facts: Told<'recharge'>, of: string): string {
  const at = time(facts.at, facts.timeZone);
  const balance = dollars(facts.balance);
  if (!balance.isNegative())
    return `:white_check_mark: Credits were low at ${of} at ${time(facts.since, facts.timeZone)}; *${money(facts.amount)}* added by auto-recharge at ${at} · balance ${money(facts.balance)}`;
  const next = new Date(Date.parse(facts.since) + RECHARGE_INTERVAL_MS).toISOString();
  return `:warning: *${of} is still overdrawn by ${formatDollars(balance.negated())}.* ${money(facts.amount)} was added by auto-recharge at ${at}; the next recharge is possible from ${tryTime(next, facts.at, facts.timeZone)}`;
}

/** What the bank wants, and what came of asking it before. */
function toVerify({ failureCode, amount, card, verifyUntil, at, timeZone }: Told<'recharge'>): string {
  const before =
    failureCode === 'processor_refused'
      ? 'We couldn’t reach your card. Your provider has been told. '
      : failureCode === 'payment_intent_authentication_failure'
        ? 'Your bank didn’t confirm it. '
        : '';
  const on = card === null ? '' : ` on ${formatCard(card)}`;
  const by =
    verifyUntil === null
      ? ''
      : ` Verify it by ${tryTime(verifyUntil, at, timeZone)}, or auto-recharge pauses.`;
  return `${before}Your bank wants the cardholder to verify ${money(amount)}${on}. You weren’t charged.${by}`;
}

function blocked(facts: Told<'recharge_blocked'>): string {
  const of = escapeText(facts.scopeLabel);
  if (facts.isOver) return `:white_check_mark: Auto-recharge for ${of} goes on.`;
  const head = `:double_vertical_bar: *Auto-recharge is paused* for ${of}`;
  const tail = `Nothing was charged. ${money(facts.balance)} left.`;
  const next = `the next ${money(facts.amount)} would go beyond it`;
  switch (facts.reason) {
    case 'cap':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} monthly cap is used in ${monthName(new Date(facts.at), facts.timeZone)}, and ${next}. ${tail}`;
    case 'daily':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} that may be bought within 24 hours is used, and ${next}. It goes on by itself. ${tail}`;
    case 'exposure':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} that invoices may owe is used, and ${next}. ${tail}`;
    case 'no_card':
      return `${head}: there is no card that can be charged. ${tail}`;
  }
}

export const rechargeCopy = {
  help: '`/credits auto-recharge`  add credits automatically when they run low; `on` or `off` after it',
  told,
  blocked,
  settings: (facts: Told<'recharge_settings'>): string =>
    `:gear: <@${facts.byUserId}> ${
      facts.isOn
        ? `set auto-recharge for ${escapeText(facts.scopeLabel)}: adds ${money(facts.amount)} below ${money(facts.threshold)}, ${money(facts.cap)} a month at most.`
        : `switched auto-recharge *off* for ${escapeText(facts.scopeLabel)}.`
    }`,
  title: 'Auto-recharge',
  loading: 'One moment…',
  button: 'Auto-recharge',
  turnOn: 'Turn on auto-recharge',
  raiseCap: 'Raise cap…',
  fixCard: 'Fix card',
  verify: 'Verify payment',
  resume: 'Resume auto-recharge',
  resumed: (label: string, done: 'resumed' | 'asked' | 'not-paused'): string =>
    done === 'resumed'
      ? `:white_check_mark: Auto-recharge for ${escapeText(label)} is on again. It adds credits whenever they are below the threshold.`
      : done === 'asked'
        ? `Auto-recharge for ${escapeText(label)} resumes once a second admin approves.`
        : `Auto-recharge for ${escapeText(label)} isn’t paused anymore.`,
  openBank: 'Open your bank’s page',
  useAmount: (amount: string): string => `Recharge ${money(amount)} at a time`,

  now: (facts: RechargeFacts, timeZone: string): string =>
    `*${facts.isOn ? 'On' : 'Off'}* now · ${formatDollars(facts.general)} of general credits · recharged in ${monthName(facts.month, timeZone)}: ${formatDollars(facts.used)}`,
  pace: (facts: RechargeFacts, choices: readonly Money[]): string => {
    if (facts.perDay.isZero())
      return 'Nothing was used in the past 7 days, so there is no pace to foretell how often it would charge.';
    const often = choices.map(
      (amount) => `${formatDollars(amount)} ${formatRecurrence(amount.dividedBy(facts.perDay).toNumber())}`,
    );
    return `At the past week’s pace (${formatDollars(facts.perDay)} a day) it would charge ${often.join(', ')}.`;
  },
  forLabel: 'For',
  onLabel: 'Auto-recharge',
  on: 'On',
  off: 'Off',
  thresholdLabel: 'When general credits fall below, in dollars',
  forCredits: (label: string): string => `For *${escapeText(label)}*`,
  amountLabel: 'Add, in dollars',
  fillsLabel: 'When one amount isn’t enough',
  fills: 'Add it as many times as it takes to reach the level above, in one charge',
  amountHint: (min: Money, max: Money): string =>
    `Between ${formatDollars(min)} and ${formatDollars(max)}. A larger amount means fewer charges.`,
  capLabel: 'At most in a month, in dollars',
  capHint: 'When the next recharge would go beyond it, the channel is asked first. Nothing is cut to fit.',
  capIs: (cap: Money): string => `At most ${formatDollars(cap)} in a month. Company admins change that.`,
  save: 'Save',
  confirm: 'Confirm',
  cancel: 'Cancel',
  close: 'Close',
  reviewTitle: 'Review auto-recharge',
  chargesNow: (review: RechargeReview, timeZone: string, now: Date): string =>
    review.approvalAbove !== null
      ? `:warning: Credits are below ${formatDollars(review.threshold)} already, so *this charges ${formatDollars(review.chargesNow ?? review.amount)} as soon as it is approved*.`
      : review.payBy.method === 'card'
        ? `:warning: Credits are below ${formatDollars(review.threshold)} already, so *this charges ${formatDollars(review.chargesNow ?? review.amount)} now* to ${formatPayBy(review.payBy, timeZone, now)}.`
        : `:warning: Credits are below ${formatDollars(review.threshold)} already, so *this adds ${formatDollars(review.chargesNow ?? review.amount)} now* to ${formatPayBy(review.payBy, timeZone, now)}.`,
  summary: (choice: RechargeChoice): string =>
    choice.isOn
      ? `Adds ${formatDollars(choice.amount)}${choice.fills === true ? ', or a multiple of it,' : ''} whenever general credits fall below ${formatDollars(choice.threshold)}, ${formatDollars(choice.cap)} a month at most.`
      : 'Auto-recharge is off. Nothing is charged by itself.',
  reviewMore: (cap: Money): string =>
    `One charge at a time, at least ten minutes apart. What would go beyond ${formatDollars(cap)} in a month is not charged: the channel is asked first.`,
  saved: (text: string): string => `:white_check_mark: *Saved.* ${text}`,
  changedSinceReview:
    ':warning: This changed after you reviewed it. Check the details and confirm again. *Nothing was charged.*',
  outdated: 'That was changed already. `/credits auto-recharge` shows how it is now.',
  faults: {
    'amount-below-minimum': ({ limit }: { limit: Money }): string =>
      `The smallest amount is ${formatDollars(limit)}.`,
    'amount-above-maximum': ({ limit }: { limit: Money }): string =>
      `The largest amount is ${formatDollars(limit)}.`,
    'amount-below-threshold': ({ limit }: { limit: Money }): string =>
      `Add at least ${formatDollars(limit)}, the level it fires below.`,
    'cap-below-amount': ({ limit }: { limit: Money }): string =>
      `A cap below ${formatDollars(limit)} would never let it fire.`,
    'cap-not-yours': ({ limit }: { limit: Money }): string =>
      `Only company admins change the monthly cap of ${formatDollars(limit)}.`,
    'no-approver': ({ limit }: { limit: Money }): string =>
      `An amount or cap over ${formatDollars(limit)} needs a second admin, and there is no other admin who can approve this. Enter ${formatDollars(limit)} or less for both, or ask your provider.`,
    'cap-not-raised': ({ limit }: { limit: Money }): string => `The cap is ${formatDollars(limit)} already.`,
  },
  resumeNotYours: 'Auto-recharge is paused, and only company admins can resume it. Nothing was changed.',
  aboveCap: (cap: Money): string =>
    `The monthly cap is ${formatDollars(cap)}, and only company admins raise it. Add that or less.`,
  noCard:
    'There is no card to charge yet. Type `/credits card` to add one. Nothing was changed, and nothing was charged.',
  capTitle: 'Raise monthly cap',
  capIntro: (facts: RechargeFacts, timeZone: string): string =>
    `*${escapeText(facts.label)}*: ${formatDollars(facts.used)} of ${formatDollars(facts.cap)} is used in ${monthName(facts.month, timeZone)}. The next recharge adds ${formatDollars(facts.amount)}.`,
  capRaised: (cap: Money): string => `:white_check_mark: The monthly cap is ${formatDollars(cap)}.`,
  capAsked: (cap: Money): string => approvalCopy.asked(`The monthly cap would be ${formatDollars(cap)}.`),
  suggested: ({ outcome, amount }: { outcome: 'taken' | 'asked'; amount: Money }): string =>
    outcome === 'taken'
      ? `:white_check_mark: Auto-recharge adds ${formatDollars(amount)} at a time from now on.`
      : approvalCopy.asked(`Auto-recharge would add ${formatDollars(amount)} at a time.`),
};
