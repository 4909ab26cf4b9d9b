import type {
  CreditSharing,
  SharingFault,
  SharingReview,
  SharingState,
  WalletChoice,
  WalletEffect,
} from '../../billing/index.ts';
import { groupBy } from '../../group-by.ts';
import { dollars, formatBalance, formatDebt, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type Facts = Extract<NoticeFacts, { kind: 'credit_sharing' }>;
type Recharge = Pick<WalletChoice, 'threshold' | 'amount' | 'cap' | 'fills'>;

const money = (text: string): string => formatDollars(dollars(text));
/** A name from outside, as text and no longer than fits a line. */
const nameOf = (name: string): string => escapeText(shorten(name, 40));
const isOfOffice = ({ officeId }: WalletEffect): boolean => officeId !== null;
const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const joined = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
/** Users of Slack by mention, ten at most. */
const people = (userIds: readonly string[]): string => {
  const rest = userIds.length - 10;
  return joined([
    ...userIds.slice(0, 10).map((id) => `<@${id}>`),
    ...(rest > 0 ? [counted(rest, 'other', 'others')] : []),
  ]);
};
const orMore = ({ fills }: Pick<Recharge, 'fills'>): string =>
  fills === true ? ', or a multiple of it,' : '';
const ofRecharge = ({ threshold, amount, cap, fills }: Recharge): string =>
  `${formatDollars(amount)}${orMore({ fills })} when below ${formatDollars(threshold)}, up to ${formatDollars(cap)} a month`;
const labelled = (label: string, name: string): string => (name === '' ? label : `${name}: ${label}`);

/** Credits and debt as they move: `$20.50 of credits, $3.00 overdrawn`. */
function sayMoved(general: Money, debt: Money): string {
  const parts = [
    ...(general.isZero() ? [] : [`${formatBalance(general)} of credits`]),
    ...(debt.isZero() ? [] : [`${formatDebt(debt.negated())} overdrawn`]),
  ];
  return parts.join(', ');
}

export const sharingCopy = {
  title: 'Credit sharing',
  reviewTitle: 'Review credit sharing',
  review: 'Review',
  cancel: 'Cancel',
  close: 'Close',
  share: 'Share credits',
  end: 'End sharing',

  /** In the settings. */
  settingsHead: (sharing: CreditSharing): string =>
    sharing === 'company'
      ? '*Credit sharing*\nAll offices use the same credits.'
      : '*Credit sharing*\nEach office uses its own credits.',
  settingsButton: (sharing: CreditSharing): string =>
    sharing === 'company' ? 'End sharing…' : 'Share company-wide…',

  introPool: ({ offices }: SharingState): string =>
    `*Share credits company-wide*\nThe general credits of ${offices.length === 1 ? 'your office' : `your ${offices.length} offices`} become one balance, and what is overdrawn is paid from it. Bundles stay with their office. AI stays with ${nameOf(offices[0].office.name)}.`,
  introOffices: ({ pool, offices }: SharingState): string =>
    `*Give each office its own credits*\nThe shared credits are about ${formatBalance(pool.general)} now${pool.debt.isZero() ? '' : `, ${formatDebt(pool.debt.negated())} overdrawn`}. ${nameOf(offices[0].office.name)} takes what remains, with shared bundles and anything overdrawn.`,
  shareLabel: (name: string): string => `Credits for ${name} ($)`,
  shareHint: (used: Money): string => `Used ${formatDollars(used)} in the last 30 days.`,
  shareLine: (name: string, amount: Money | undefined, used: Money): string =>
    `${nameOf(name)}: ${formatDollars(amount ?? dollars('0'))} (used ${formatDollars(used)} in 30 days)`,
  rechargeHead: '*Auto-recharge and alerts from then on*\nThey replace today’s settings.',
  rechargeLabel: 'Auto-recharge',
  turnedOn: 'Recharge the shared credits automatically',
  turnedOnEverywhere: 'Recharge every office automatically',
  rechargeOfLabel: 'Auto-recharge is on for',
  chooseOffices: 'Choose offices',
  thresholdLabel: (name: string): string => labelled('When balance falls below ($)', name),
  amountLabel: (name: string): string => labelled('Recharge amount ($)', name),
  capLabel: (name: string): string => labelled('Recharge limit per month ($)', name),
  alertLabel: (name: string): string => labelled('Low-balance alert below ($)', name),
  alertHint: 'Leave blank for none.',
  approvalHint: ({ company: { approvalLimits } }: SharingState): string => {
    const limits = [approvalLimits.own, approvalLimits.operator].flatMap((limit) => limit ?? []);
    const [first, second] = limits;
    const limit = first !== undefined && second?.lessThan(first) === true ? second : first;
    return limit === undefined
      ? 'You can change these later with `/credits auto-recharge`.'
      : `Above ${formatDollars(limit)} a second admin approves the recharge amount and limit.`;
  },

  reviewLines: (review: SharingReview): string[] => [
    ...sayMoves(review),
    ...sayRecharges(review),
    ...sayAlerts(review),
    ...sayClosing(review),
    sayBuyers(review),
  ],
  stale: ':warning: *Nothing was changed.* Something changed since you reviewed it. Here it is again.',
  changed: (to: CreditSharing, effects: readonly WalletEffect[]): string =>
    `:white_check_mark: ${
      to === 'company' ? '*Credits are shared company-wide now.*' : '*Each office has its own credits now.*'
    }${effects.some(({ needsApproval }) => needsApproval) ? ' Auto-recharge above the approval limit waits for a second admin.' : ''} \`/credits\` shows the balance.`,
  onlyCompanyAdmins: 'Only company admins can change how credits are shared.',
  refusals: {
    'order-under-way':
      ':hourglass: A payment is still being processed, so credit sharing can’t change now. Nothing was changed. Try again in a few minutes.',
    'sharing-already': 'Credits are shared that way already. Nothing was changed.',
    'sharing-unknown': 'That was changed or closed already. `/credits settings` shows how it is now.',
    'not-allowed': 'Only company admins can change how credits are shared.',
  },
  fault: ({ code, limit }: SharingFault): string => {
    const amount = formatDollars(limit);
    return {
      'amount-below-minimum': `Enter at least ${amount}, the smallest purchase.`,
      'amount-above-maximum': `Enter at most ${amount}, the largest purchase.`,
      'amount-below-threshold': `Enter at least ${amount}, the balance it starts below.`,
      'cap-below-amount': `The recharge limit must be at least the recharge amount, ${amount}.`,
      'above-pool': `Together that is more than the shared ${formatBalance(limit)}.`,
      'not-cents': 'Use at most two decimal places, like 12.34.',
      'not-positive': 'Enter an amount above $0.00.',
    }[code];
  },

  /** The message in the channel once credits are shared another way. */
  notice: (facts: Facts): string => {
    const who = facts.byUserId === null ? 'Your provider' : `<@${facts.byUserId}>`;
    const isPool = facts.to === 'company';
    const head = isPool
      ? `:gear: ${who} shared credits company-wide.`
      : `:gear: ${who} ended credit sharing: each office has its own credits again.`;
    const lines = facts.moved.map(
      ({ name, general, debt }) => `• ${nameOf(name)}: ${sayMoved(dollars(general), dollars(debt))}`,
    );
    const more = facts.more > 0 ? [`• and ${facts.more} more`] : [];
    const moved =
      lines.length === 0 ? [] : [isPool ? 'Moved into the shared credits:' : 'Moved to:', ...lines, ...more];
    return [head, ...moved, noticeRecharge(facts)].join('\n');
  },
};

function noticeRecharge({ recharges, waits }: Facts): string {
  const [first] = recharges;
  const approval = waits ? ' More takes effect once a second admin approves it.' : '';
  if (first === undefined) return `Auto-recharge is off.${approval}`;
  const each = ({ threshold, amount, cap, fills }: typeof first): string =>
    `${money(amount)}${orMore({ fills })} when below ${money(threshold)}, up to ${money(cap)} a month`;
  const isAlike = recharges.every((other) => each(other) === each(first));
  const shown = recharges
    .slice(0, 10)
    .map((one) => (isAlike ? nameOf(one.name) : `${nameOf(one.name)} (${each(one)})`));
  const rest = recharges.length - shown.length;
  const names = joined([...shown, ...(rest > 0 ? [`${rest} more`] : [])]);
  return `Auto-recharge is on for ${names}${isAlike ? `: ${each(first)}` : ''}.${approval}`;
}

/** What moves where, and what the shared or the primary office's balance comes to. */
function sayMoves({ to, effects, movedSubscriptions, primary }: SharingReview): string[] {
  const moved = effects
    .filter(isOfOffice)
    .filter(({ moves }) => !moves.general.isZero() || !moves.debt.isZero())
    .map(
      ({ name, moves, isAbout }) =>
        `• ${nameOf(name)}: ${isAbout ? 'about ' : ''}${sayMoved(moves.general.abs(), moves.debt.abs())}`,
    );
  const pool = effects.find((effect) => !isOfOffice(effect));
  const subscriptions = movedSubscriptions.map(nameOf);
  if (to === 'per_office')
    return [
      '*Moves out of the shared credits*',
      ...(moved.length === 0 ? ['Nothing: there are no shared credits.'] : moved),
      ...(subscriptions.length === 0
        ? []
        : [`${joined(subscriptions)} and shared bundles go to ${nameOf(primary.name)}.`]),
    ];
  const after =
    pool === undefined
      ? dollars('0')
      : pool.general.plus(pool.moves.general).minus(pool.debt).minus(pool.moves.debt);
  return [
    '*Moves into the shared credits*',
    ...(moved.length === 0 ? ['Nothing: no office has general credits.'] : moved),
    after.isNegative()
      ? `Shared balance: overdrawn by about ${formatDebt(after)}.`
      : `Shared balance: about ${formatBalance(after)}. Bundles stay with their office.`,
  ];
}

function sayRecharges({ effects, approvalAbove }: SharingReview): string[] {
  const chosen = effects.filter(({ recharge }) => recharge !== null);
  const say = (recharge: (Recharge & { isOn: boolean }) | null): string =>
    recharge?.isOn === true ? ofRecharge(recharge) : 'off';
  const charged = chosen.filter(({ chargesNow }) => chargesNow !== null);
  const waiting = chosen.filter(({ needsApproval }) => needsApproval);
  return [
    '*Auto-recharge*',
    ...grouped(chosen.map(({ name, recharge }) => [name, say(recharge)])),
    ...(waiting.length === 0 || approvalAbove === null
      ? []
      : [
          `Above ${formatDollars(approvalAbove)} a second admin approves. Until then:`,
          ...grouped(waiting.map(({ name, rechargeUntilApproved }) => [name, say(rechargeUntilApproved)])),
        ]),
    ...(charged.length === 0
      ? []
      : [
          '*Charged now*, because the balance is below the threshold:',
          ...grouped(
            charged.map(({ name, chargesNow, chargesMultiple }) => [
              name,
              `${chargesMultiple ? 'up to ' : ''}${formatDollars(chargesNow ?? dollars('0'))}`,
            ]),
          ),
        ]),
  ];
}

/** One line for all of whom the same is so. */
function grouped(pairs: readonly (readonly [string, string])[]): string[] {
  return [...groupBy(pairs, ([, text]) => text)].slice(0, 50).map(([text, group]) => {
    const names = group.map(([name]) => name);
    const rest = names.length - 10;
    return `• ${joined([...names.slice(0, 10).map(nameOf), ...(rest > 0 ? [`${rest} more`] : [])])}: ${text}`;
  });
}

function sayAlerts({ effects }: SharingReview): string[] {
  const levels = effects.flatMap(({ name, recharge }) =>
    recharge === null ? [] : [{ name, at: recharge.lowBelow }],
  );
  const say = (at: Money | null): string => (at === null ? 'none' : `below ${formatDollars(at)}`);
  const [first] = levels;
  if (first === undefined) return [];
  const isAlike = levels.every(({ at }) => say(at) === say(first.at));
  return isAlike
    ? [`*Low-balance alert*: ${say(first.at)}`]
    : ['*Low-balance alerts*', ...grouped(levels.map(({ name, at }) => [name, say(at)]))];
}

function sayClosing({ approvals, requests, waiting }: SharingReview): string[] {
  const parts = [
    ...(approvals > 0 ? [counted(approvals, 'open approval', 'open approvals')] : []),
    ...(requests > 0 ? [counted(requests, 'open request', 'open requests')] : []),
    ...(waiting > 0
      ? [counted(waiting, 'recharge waiting for its next try', 'recharges waiting for their next try')]
      : []),
  ];
  return parts.length === 0 ? [] : [`*Closes*: ${joined(parts)}. Their requesters are notified.`];
}

function sayBuyers({ to, buyers, effects }: SharingReview): string {
  const admins = people(buyers.companyAdmins);
  if (to === 'company')
    return `*Who can add credits then*: ${admins === '' ? 'company admins, once there are any' : admins}. Office admins no longer can.`;
  const offices = buyers.officeAdmins.slice(0, 10).flatMap(({ officeId, userIds }) => {
    const name = effects.find((effect) => effect.officeId === officeId)?.name;
    return name === undefined || userIds.length === 0 ? [] : [`${people(userIds)} for ${nameOf(name)}`];
  });
  return `*Who can add credits then*: ${[admins, ...offices].filter((text) => text !== '').join('; ')}.`;
}
