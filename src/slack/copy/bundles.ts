import type { BundleOffer } from '../../billing/index.ts';
import { dollars, formatBalance, formatDollars, type Money } from '../../money.ts';
import type { BundleFacts } from '../../notices/index.ts';
import { describeFailure } from './declines.ts';
import { formatCard, formatDay, formatLastDay, formatWhen } from './format.ts';
import { escapeText } from './mrkdwn.ts';

const KINDS = { calling: 'Calling bundle', ai: 'AI bundle', general: 'Recurring credits' } as const;
/** The same within a sentence. */
const KIND_IN_TEXT = { calling: 'calling bundle', ai: 'AI bundle', general: 'recurring credits' } as const;
const EACH = { monthly: 'a month', annual: 'a year' } as const;

const money = (amount: string): string => formatDollars(dollars(amount));
const leftOf = ({ rest }: BundleFacts): string => (rest === null ? '' : formatBalance(dollars(rest)));
const at = (facts: BundleFacts): Date => new Date(facts.at);
const why = (facts: BundleFacts): string => describeFailure(facts.failure ?? '', facts.card);

const until = (facts: BundleFacts): string =>
  facts.creditKind === 'general'
    ? 'with no expiration'
    : `until ${formatLastDay(new Date(facts.endsAt), facts.timeZone, at(facts))}`;

/** The day on which its period ends and the next one begins. */
const renewal = (facts: BundleFacts): string => formatDay(new Date(facts.endsAt), facts.timeZone, at(facts));

const subject = (facts: BundleFacts): string =>
  facts.creditKind === 'general' ? KINDS.general : `${KINDS[facts.creditKind]} (${escapeText(facts.name)})`;

export const bundleCopy = {
  help: '`/credits bundles`  your bundles: buy, change, cancel',
  kinds: KINDS,
  title: 'Bundles',
  header: 'Bundles',
  intro: 'A bundle adds credits at the start of each billing period. They are used before general credits.',
  noneOn: 'No bundles yet.',
  noneOffered: 'No bundles are available right now. Ask your provider.',
  buy: 'Buy a bundle',
  show: 'Show bundles',
  fixCard: 'Fix card',
  cancel: 'Cancel bundle',
  cancelSure: (name: string): string => `${name} stays active until its period ends, then won’t renew.`,
  keepIt: 'Keep bundle',
  keep: 'Keep bundle',
  resume: 'Restart bundle',
  resumeSure: (price: Money): string =>
    `A new period starts now. ${formatDollars(price)} is charged, or added to your next invoice.`,
  offer: ({
    name,
    credit,
    price,
    period,
  }: Pick<BundleOffer, 'name' | 'credit' | 'price' | 'period'>): string =>
    `${name} · ${formatDollars(credit)} for ${formatDollars(price)} ${EACH[period]}`,
  each: EACH,
  active: (until: Date, timeZone: string, now: Date): string => `renews ${formatDay(until, timeZone, now)}`,
  ending: (until: Date, timeZone: string, now: Date): string =>
    `canceled, ends ${formatLastDay(until, timeZone, now)}`,
  changing: (name: string): string => `then ${name}`,
  paused: 'paused: payment failed',
  unpaid: 'processing payment',
  which: 'Bundle',
  forWhom: 'For',
  chooseBundle: 'Choose a bundle',
  review: 'Review',
  confirm: 'Buy bundle',
  confirmSecond: 'Buy a second bundle',
  /** Before another bundle of a kind is bought for the same credits. */
  alreadyThere: (scope: string, present: readonly string[]): string =>
    `:warning: *${escapeText(scope)} already has ${new Intl.ListFormat('en-US', { type: 'conjunction' }).format(present.map(escapeText))}.* This one comes in addition, and each is charged every period. To replace it, choose *Change* in \`/credits bundles\`.`,
  back: 'Close',
  reviewTitle: 'Review bundle',
  credit: 'Credits',
  price: 'Price',
  paidWith: 'Paid with',
  firstPeriod: 'First period',
  period: (endsAt: Date, timeZone: string, now: Date): string =>
    `now until ${formatLastDay(endsAt, timeZone, now)}`,
  thenEach: (offer: BundleOffer): string =>
    `Then ${formatDollars(offer.price)} ${EACH[offer.period]} until you cancel. Unused credits expire at the end of each period.`,
  bought: (name: string): string =>
    `*Processing payment for ${escapeText(name)}.* We’ll post in your channel when it’s active.`,
  wouldBuy: (name: string): string => `You requested *${escapeText(name)}*.`,
  wouldChange: (name: string): string => `You requested a change to *${escapeText(name)}*.`,
  change: 'Change',
  changeTitle: 'Change bundle',
  changeSubmit: 'Change at renewal',
  changed: (name: string): string =>
    `*${escapeText(name)} starts at the next renewal.* You won’t be charged until then.`,
  forOffice: (name: string): string => ` · ${escapeText(name)}`,
  left: (left: Money, credit: Money): string => `${formatBalance(left)} of ${formatDollars(credit)}`,
  canceled: 'Bundle canceled. It stays active until its period ends and won’t renew.',
  kept: 'Your bundle will renew as usual.',
  resumed: 'Processing payment. We’ll post in your channel when the bundle is active again.',
  onlyCompanyAdmins: 'Only company admins can manage bundles. Nothing was changed.',
  noCard: 'There’s no card on file. Add one with `/credits card`. You weren’t charged.',
  noOther: (name: string): string =>
    `${escapeText(name)} is the only bundle of its type, so there’s nothing to change to.`,
  gone: 'That bundle is no longer available. Nothing was changed.',
  openBank: 'Open your bank’s page',
  notices: {
    credited: (facts: BundleFacts): string => {
      const verb = facts.isFirst ? 'added' : 'renewed';
      const rest = facts.rest === null ? '' : ` ${money(facts.rest)} of the previous one expired.`;
      const paid = facts.receipt === null ? 'Free of charge.' : `${money(facts.price)} · ${facts.receipt}`;
      return `:package: *${subject(facts)} ${verb}*: ${money(facts.credit)} ${until(facts)} for ${escapeText(facts.scopeLabel)}.${rest} ${paid}`;
    },
    at_bank: (facts: BundleFacts): string =>
      `:bank: *${subject(facts)} is waiting for your bank*, which needs ${money(facts.price)} to be verified. You won’t be charged until then.`,
    to_verify: (facts: BundleFacts): string => {
      const before =
        facts.failure === 'processor_refused'
          ? ' We couldn’t reach your card. Your provider has been told.'
          : facts.failure === 'payment_intent_authentication_failure'
            ? ' Your bank didn’t confirm it.'
            : '';
      const on = facts.card === null ? '' : ` on ${formatCard(facts.card)}`;
      const by = formatWhen(new Date(facts.verifyUntil ?? facts.at), facts.timeZone, at(facts));
      return `:bank: *${subject(facts)} needs you to verify a payment.*${before} Your bank wants the cardholder to verify ${money(facts.price)}${on}. You weren’t charged. Verify it by ${by}, or the bundle is paused.`;
    },
    retry: (facts: BundleFacts): string =>
      `:x: *${subject(facts)} wasn’t renewed.* ${why(facts)} Next try ${facts.retryAt === null ? 'soon' : `at ${formatWhen(new Date(facts.retryAt), facts.timeZone, new Date(facts.at))}`}${facts.failure === 'processor_refused' ? '' : ` (${facts.triesLeft ?? 0} left)`}.`,
    paused: (facts: BundleFacts): string =>
      `:double_vertical_bar: *${subject(facts)} is paused.* ${why(facts)} Restart it to try again.`,
    refused: (facts: BundleFacts): string => `:x: *${subject(facts)} wasn’t bought.* ${why(facts)}`,
    ended: (facts: BundleFacts): string => `:package: *${subject(facts)} has ended* and won’t renew.`,
    used: (facts: BundleFacts): string => {
      const of = escapeText(facts.scopeLabel);
      const bundle = KIND_IN_TEXT[facts.creditKind];
      if (facts.percent === 100)
        return `:warning: *${of} has used its whole ${bundle}.* General credits apply ${facts.isEnding ? 'from now on' : `until it renews ${renewal(facts)}`}.`;
      return `:warning: *${of} has used ${facts.percent ?? 0}% of its ${bundle}*: ${leftOf(facts)} of ${money(facts.credit)} left ${until(facts)}.`;
    },
    lapsing: (facts: BundleFacts): string =>
      `:hourglass_flowing_sand: *${leftOf(facts)} of the ${KIND_IN_TEXT[facts.creditKind]} for ${escapeText(facts.scopeLabel)} expires soon*: it can be used ${until(facts)}.`,
  } satisfies Record<BundleFacts['event'], (facts: BundleFacts) => string>,
};
