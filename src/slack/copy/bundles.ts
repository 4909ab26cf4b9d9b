import type { BundleOffer } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { BundleFacts } from '../../notices/index.ts';
import { describeFailure } from './declines.ts';
import { formatCard, formatDay, formatLastDay, formatWhen } from './format.ts';
import { escapeText } from './mrkdwn.ts';

const KINDS = { calling: 'Calling bundle', ai: 'AI bundle', general: 'Recurring credits' } as const;
const EACH = { monthly: 'a month', annual: 'a year' } as const;

const money = (amount: string): string => formatDollars(dollars(amount));
const at = (facts: BundleFacts): Date => new Date(facts.at);
const why = (facts: BundleFacts): string => describeFailure(facts.failure ?? '', facts.card);

const until = (facts: BundleFacts): string =>
  facts.creditKind === 'general'
    ? 'never expire'
    : `until ${formatLastDay(new Date(facts.endsAt), facts.timeZone, at(facts))}`;

const subject = (facts: BundleFacts): string =>
  facts.creditKind === 'general' ? KINDS.general : `${KINDS[facts.creditKind]} (${escapeText(facts.name)})`;

export const bundleCopy = {
  help: '`/credits bundles`  your bundles: buy, change, cancel',
  kinds: KINDS,
  title: 'Bundles',
  header: 'Bundles',
  intro: 'A bundle is credited at the start of every billing period and is used before general credits.',
  noneOn: 'Your company has no bundle yet.',
  noneOffered: 'No bundles are on sale for your company now. Ask your provider.',
  buy: 'Buy a bundle',
  show: 'Show bundles',
  fixCard: 'Fix card',
  cancel: 'Cancel bundle',
  cancelSure: (name: string): string =>
    `${name} stays until its period ends and is not charged again after that.`,
  keepIt: 'Keep it',
  keep: 'Keep bundle',
  resume: 'Start again',
  resumeSure: (price: Money): string =>
    `A new period starts now, and ${formatDollars(price)} is charged or put on the next invoice.`,
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
    `cancelled, ends ${formatLastDay(until, timeZone, now)}`,
  changing: (name: string): string => `then ${name}`,
  paused: 'paused: it could not be paid',
  unpaid: 'being paid',
  which: 'Bundle',
  forWhom: 'For',
  chooseBundle: 'Choose a bundle',
  review: 'Review',
  confirm: 'Confirm bundle',
  back: 'Close',
  reviewTitle: 'Review bundle',
  credit: 'Credits',
  price: 'Price',
  paidWith: 'Paid with',
  firstPeriod: 'First period',
  period: (endsAt: Date, timeZone: string, now: Date): string =>
    `now until ${formatLastDay(endsAt, timeZone, now)}`,
  thenEach: (offer: BundleOffer): string =>
    `Then ${formatDollars(offer.price)} ${EACH[offer.period]} until you cancel; what is left of a period lapses when it ends.`,
  bought: (name: string): string =>
    `*${escapeText(name)} is on its way.* It is credited as soon as it is paid, and the channel is told.`,
  wouldBuy: (name: string): string => `You asked to buy *${escapeText(name)}*.`,
  wouldChange: (name: string): string => `You asked to change to *${escapeText(name)}*.`,
  change: 'Change',
  changeTitle: 'Change bundle',
  changeSubmit: 'Change from next period',
  changed: (name: string): string =>
    `*${escapeText(name)} takes its place when the next period starts.* Nothing is charged until then.`,
  forOffice: (name: string): string => ` · ${escapeText(name)}`,
  left: (left: Money, credit: Money): string => `${formatDollars(left)} of ${formatDollars(credit)}`,
  cancelled: 'The bundle is cancelled: it stays until its period ends, and is not charged again.',
  kept: 'The bundle goes on.',
  resumed: 'The bundle starts again as soon as it is paid; the channel is told.',
  onlyCompanyAdmins: 'Bundles are the company admins’. *Nothing was changed.*',
  noCard: 'There is no card on file yet: add one with `/credits card`. *Nothing was charged.*',
  noOther: (name: string): string =>
    `There is no other bundle of this kind than ${escapeText(name)}. *Nothing was changed.*`,
  gone: 'That bundle is not there any more. *Nothing was changed.*',
  openBank: 'Open your bank’s page',
  notices: {
    credited: (facts: BundleFacts): string => {
      const verb = facts.isFirst ? 'added' : 'renewed';
      const rest = facts.rest === null ? '' : ` ${money(facts.rest)} of the old bundle lapses.`;
      const paid = facts.receipt === null ? 'free of charge' : `${money(facts.price)} · ${facts.receipt}`;
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
      `:x: *${subject(facts)} was not renewed.* ${why(facts)} Next try at ${facts.retryAt === null ? '' : formatWhen(new Date(facts.retryAt), facts.timeZone, new Date(facts.at))}${facts.failure === 'processor_refused' ? '' : ` (${facts.triesLeft ?? 0} left)`}.`,
    paused: (facts: BundleFacts): string =>
      `:double_vertical_bar: *${subject(facts)} is paused.* ${why(facts)} Restart it to try again.`,
    refused: (facts: BundleFacts): string => `:x: *${subject(facts)} was not bought.* ${why(facts)}`,
    ended: (facts: BundleFacts): string =>
      `:package: *${subject(facts)} has ended*, as it was cancelled. Nothing more is charged for it.`,
    used: (facts: BundleFacts): string =>
      `${facts.percent === 100 ? ':no_entry:' : ':warning:'} *${facts.percent ?? 0}% of the ${KINDS[facts.creditKind].toLowerCase()} is used* for ${escapeText(facts.scopeLabel)}: ${facts.rest === null ? '' : money(facts.rest)} of ${money(facts.credit)} left ${until(facts)}.${facts.percent === 100 ? ' General credits are used now.' : ''}`,
    lapsing: (facts: BundleFacts): string =>
      `:hourglass_flowing_sand: *${facts.rest === null ? '' : money(facts.rest)} of the ${KINDS[facts.creditKind].toLowerCase()} lapses soon*: it can be used ${until(facts)}.`,
  } satisfies Record<BundleFacts['event'], (facts: BundleFacts) => string>,
};
