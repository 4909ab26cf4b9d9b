import {
  RECHARGE_INTERVAL_MS,
  type RechargeChoice,
  type RechargeFacts,
  type RechargeReview,
} from '../../billing/index.ts';
import { dollars, formatBalance, formatDebt, formatDollars, type Money } from '../../money.ts';
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

/** The time of a try, with its day where that is not today. */
function tryTime(at: string, from: string, timeZone: string): string {
  const day = (iso: string): string => formatDay(new Date(iso), timeZone, new Date(from));
  return day(at) === day(from) ? time(at, timeZone) : `${day(at)}, ${time(at, timeZone)}`;
}

function told(facts: Told<'recharge'>): string {
  const of = escapeText(facts.scopeLabel);
  const left = remaining(facts.balance);
  const failure = describeFailure(facts.failureCode ?? '', facts.card);
  const retry =
    facts.nextTryAt === null ? 'soon' : `at ${tryTime(facts.nextTryAt, facts.at, facts.timeZone)}`;
  switch (facts.status) {
    case 'added':
      return `${added(facts, of)} · ${facts.receipt ?? ''}${
        facts.suggested === null
          ? ''
          : `\nAuto-recharge is running often here. Recharging ${money(facts.suggested)} at a time means fewer charges.`
      }`;
    case 'needs_action':
      return `:bank: *Auto-recharge for ${of} is waiting for your bank*, which needs ${money(facts.amount)} to be verified. You won’t be charged until then. ${left}.`;
    case 'to_verify':
      return `:bank: *Auto-recharge for ${of} needs you to verify a payment.* ${toVerify(facts)} ${left}.`;
    case 'failed':
      return `:x: *Auto-recharge failed* for ${of}. ${failure} ${left}. Next try ${retry} (${facts.triesLeft} left).`;
    case 'refused':
      return `:warning: *Auto-recharge for ${of} is delayed.* ${failure} ${left}. Next try ${retry}.`;
    case 'given_up':
      if (facts.pauseEnd !== undefined)
        return facts.pauseEnd === 'resumed'
          ? `:white_check_mark: Auto-recharge failed for ${of}. ${failure} It was paused, and is on again.`
          : `:x: Auto-recharge failed for ${of}. ${failure} Auto-recharge is off now.`;
      return facts.isOff
        ? `:x: Auto-recharge failed for ${of}. ${failure} Auto-recharge is off now, so we won’t try again. ${left}.`
        : `:double_vertical_bar: *Auto-recharge is paused* for ${of}. ${failure} To resume, fix the card or save auto-recharge again. ${left}.`;
    case 'dropped':
      return `:hourglass: Auto-recharge failed for ${of}. ${failure} Credit sharing was changed, so we won’t try again.`;
    case 'over_limit':
      return `:double_vertical_bar: Auto-recharge failed for ${of}. ${failure} Another try would exceed the purchase limit for 24 hours, so we won’t try again. ${left}.`;
    case 'needless':
      return `:white_check_mark: Auto-recharge failed for ${of}. ${failure} Credits were added since, so we won’t try again. Balance: ${formatBalance(dollars(facts.balance))}.`;
  }
}

/** Credits that were added. Where they leave the wallet overdrawn that is no success, and the next recharge is announced. */
function added(facts: Told<'recharge'>, of: string): string {
  const at = time(facts.at, facts.timeZone);
  const balance = dollars(facts.balance);
  if (!balance.isNegative())
    return `:white_check_mark: Auto-recharge added *${money(facts.amount)}* to ${of} at ${at}. Balance: ${formatBalance(balance)}`;
  const next = new Date(Date.parse(facts.since) + RECHARGE_INTERVAL_MS).toISOString();
  return `:warning: *${of} is still overdrawn by ${formatDebt(balance)}.* Auto-recharge added ${money(facts.amount)} at ${at}. The next recharge can run from ${tryTime(next, facts.at, facts.timeZone)}`;
}

/** What is left, within a sentence. */
function remaining(balance: string): string {
  const amount = dollars(balance);
  return amount.isNegative() ? `Overdrawn by ${formatDebt(amount)}` : `${formatBalance(amount)} left`;
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
  if (facts.isOver) return `:white_check_mark: Auto-recharge for ${of} is running again.`;
  const head = `:double_vertical_bar: *Auto-recharge is paused* for ${of}`;
  const tail = `You weren’t charged. ${remaining(facts.balance)}.`;
  const next = `the next ${money(facts.amount)} would exceed it`;
  switch (facts.reason) {
    case 'cap':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} recharge limit for ${monthName(new Date(facts.at), facts.timeZone)} is used, and ${next}. ${tail}`;
    case 'daily':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} purchase limit for 24 hours is used, and ${next}. It resumes automatically. ${tail}`;
    case 'exposure':
      return `${head}: ${money(facts.used)} of the ${money(facts.limit)} invoice limit is used, and ${next}. ${tail}`;
    case 'no_card':
      return `${head}: there’s no card to charge. ${tail}`;
  }
}

export const rechargeCopy = {
  help: '`/credits auto-recharge`  add credits automatically when they run low; add `on` or `off` to switch it',
  told,
  blocked,
  settings: (facts: Told<'recharge_settings'>): string =>
    `:gear: <@${facts.byUserId}> ${
      facts.isOn
        ? `set auto-recharge for ${escapeText(facts.scopeLabel)}: ${money(facts.amount)} when below ${money(facts.threshold)}, up to ${money(facts.cap)} a month.`
        : `turned off auto-recharge for ${escapeText(facts.scopeLabel)}.`
    }`,
  title: 'Auto-recharge',
  loading: 'One moment…',
  button: 'Auto-recharge',
  turnOn: 'Turn on auto-recharge',
  raiseCap: 'Increase limit',
  fixCard: 'Fix card',
  verify: 'Verify payment',
  resume: 'Resume auto-recharge',
  resumed: (label: string, done: 'resumed' | 'asked' | 'not-paused'): string =>
    done === 'resumed'
      ? `:white_check_mark: Auto-recharge for ${escapeText(label)} is on again.`
      : done === 'asked'
        ? `Auto-recharge for ${escapeText(label)} resumes once a second admin approves.`
        : `Auto-recharge for ${escapeText(label)} isn’t paused anymore.`,
  openBank: 'Open your bank’s page',
  useAmount: (amount: string): string => `Recharge ${money(amount)} at a time`,

  now: (facts: RechargeFacts, timeZone: string): string =>
    `Currently *${facts.isOn ? 'on' : 'off'}* · general credits ${formatBalance(facts.general)} · recharged in ${monthName(facts.month, timeZone)}: ${formatDollars(facts.used)}`,
  rate: (facts: RechargeFacts, choices: readonly Money[]): string => {
    if (facts.perDay.isZero())
      return 'No usage in the past 7 days, so we can’t estimate how often it would run.';
    const often = choices.map(
      (amount) => `${formatDollars(amount)} ${formatRecurrence(amount.dividedBy(facts.perDay).toNumber())}`,
    );
    return `At last week’s usage (${formatDollars(facts.perDay)} a day), it would charge ${often.join(', ')}.`;
  },
  forLabel: 'Office',
  onLabel: 'Auto-recharge',
  on: 'On',
  off: 'Off',
  thresholdLabel: 'When general credits fall below ($)',
  forCredits: (label: string): string => `For *${escapeText(label)}*`,
  amountLabel: 'Recharge amount ($)',
  fillsLabel: 'If one recharge isn’t enough',
  fills: 'Charge a multiple of the amount at once',
  fillsHint: 'As many recharge amounts as it takes to reach the threshold, in one charge.',
  amountHint: (min: Money, max: Money): string =>
    `From ${formatDollars(min)} to ${formatDollars(max)}. A larger amount means fewer charges.`,
  capLabel: 'Recharge limit per month ($)',
  capHint: 'If a recharge would exceed the limit, we’ll ask in the channel first.',
  capIs: (cap: Money): string => `Recharge limit: ${formatDollars(cap)} a month, set by company admins.`,
  save: 'Save',
  confirm: 'Turn on',
  cancel: 'Cancel',
  close: 'Close',
  reviewTitle: 'Review auto-recharge',
  chargesNow: (review: RechargeReview, timeZone: string, now: Date): string =>
    review.approvalAbove !== null
      ? `:warning: Credits are already below ${formatDollars(review.threshold)}, so *${formatDollars(review.chargesNow ?? review.amount)} is charged as soon as this is approved*.`
      : review.payBy.method === 'card'
        ? `:warning: Credits are already below ${formatDollars(review.threshold)}, so *${formatDollars(review.chargesNow ?? review.amount)} is charged now* to ${formatPayBy(review.payBy, timeZone, now)}.`
        : `:warning: Credits are already below ${formatDollars(review.threshold)}, so *${formatDollars(review.chargesNow ?? review.amount)} is added now* to ${formatPayBy(review.payBy, timeZone, now)}.`,
  summary: (choice: RechargeChoice): string =>
    choice.isOn
      ? `${formatDollars(choice.amount)}${choice.fills === true ? ', or a multiple of it,' : ''} when general credits fall below ${formatDollars(choice.threshold)}, up to ${formatDollars(choice.cap)} a month.`
      : 'Auto-recharge is off. Nothing is charged automatically.',
  reviewMore: (cap: Money): string =>
    `Recharges run at least 10 minutes apart. If one would exceed ${formatDollars(cap)} in a month, we’ll ask in the channel first.`,
  saved: (label: string, text: string): string =>
    `:white_check_mark: *Saved for ${escapeText(label)}.* ${text}`,
  changedSinceReview:
    ':warning: Something changed since you reviewed this. Check the details and confirm again. *You weren’t charged.*',
  outdated: 'This was already changed. See `/credits auto-recharge` for the current settings.',
  faults: {
    'amount-below-minimum': ({ limit }: { limit: Money }): string =>
      `The smallest amount is ${formatDollars(limit)}.`,
    'amount-above-maximum': ({ limit }: { limit: Money }): string =>
      `The largest amount is ${formatDollars(limit)}.`,
    'amount-below-threshold': ({ limit }: { limit: Money }): string =>
      `The recharge amount must be at least the threshold, ${formatDollars(limit)}.`,
    'cap-below-amount': ({ limit }: { limit: Money }): string =>
      `The recharge limit must be at least the recharge amount, ${formatDollars(limit)}.`,
    'cap-not-yours': ({ limit }: { limit: Money }): string =>
      `Only company admins can change the recharge limit of ${formatDollars(limit)}.`,
    'no-approver': ({ limit }: { limit: Money }): string =>
      `An amount or limit over ${formatDollars(limit)} needs a second admin, and there is no other admin who can approve this. Enter ${formatDollars(limit)} or less for both, or ask your provider.`,
    'cap-not-raised': ({ limit }: { limit: Money }): string =>
      `The recharge limit is already ${formatDollars(limit)}.`,
  },
  resumeNotYours: 'Only company admins can resume auto-recharge. Nothing was changed.',
  aboveCap: (cap: Money): string =>
    `The recharge limit is ${formatDollars(cap)} a month, and only company admins can increase it. Enter that or less.`,
  /** On top of the form. */
  noCardYet: (mayAdd: boolean): string =>
    `:credit_card: *There’s no card to charge.* Auto-recharge can’t run until ${
      mayAdd ? 'you add one with `/credits card`' : 'a company admin adds one'
    }.`,
  noCard:
    'There’s no card to charge yet. Add one with `/credits card`. Nothing was changed, and you weren’t charged.',
  capTitle: 'Increase limit',
  capIntro: (facts: RechargeFacts, timeZone: string): string =>
    `*${escapeText(facts.label)}*: ${formatDollars(facts.used)} of the ${formatDollars(facts.cap)} recharge limit for ${monthName(facts.month, timeZone)} is used. The next recharge is ${formatDollars(facts.amount)}.`,
  capRaised: (cap: Money): string =>
    `:white_check_mark: The recharge limit is now ${formatDollars(cap)} a month.`,
  capAsked: (cap: Money): string =>
    approvalCopy.asked(`The recharge limit would be ${formatDollars(cap)} a month.`),
  suggested: ({ outcome, amount }: { outcome: 'taken' | 'asked'; amount: Money }): string =>
    outcome === 'taken'
      ? `:white_check_mark: Auto-recharge now adds ${formatDollars(amount)} at a time.`
      : approvalCopy.asked(`Auto-recharge would add ${formatDollars(amount)} at a time.`),
};
