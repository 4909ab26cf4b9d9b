import type { TransferReview } from '../../billing/index.ts';
import { dollars, formatBalance, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from './mrkdwn.ts';

export const moveCopy = {
  help: '`/credits move`  move general credits from one office to another',
  title: 'Move credits',
  reviewTitle: 'Review move',
  doneTitle: 'Credits moved',
  fromLabel: 'From',
  toLabel: 'To',
  chooseOffice: 'Choose an office',
  amountLabel: 'Amount ($)',
  amountHint: 'Only general credits move. Bundles stay where they are.',
  loading: 'One moment…',
  review: 'Review',
  cancel: 'Cancel',
  close: 'Close',
  option: (name: string, free: Money): string => `${name} · ${formatBalance(free)} to give`,
  confirm: (amount: Money): string => `Move ${formatDollars(amount)}`,
  amount: 'General credits',
  balanceOf: (name: string): string => `Balance of ${escapeText(name)}`,
  change: (before: Money, after: Money): string => `${formatBalance(before)} → ${formatBalance(after)}`,
  recharges: (name: string, below: Money): string =>
    `:warning: *This triggers auto-recharge for ${escapeText(name)}*, which is on below ${formatDollars(below)}.`,
  nothingCharged: 'Nothing is charged by the move itself.',
  changed:
    ':warning: Something changed since you reviewed this. Check it and confirm again. *Nothing was moved.*',
  done: ({ amount, from, to }: TransferReview): string =>
    `:white_check_mark: *${formatDollars(amount)} moved from ${escapeText(from.name)} to ${escapeText(to.name)}.*\n${escapeText(from.name)}: ${formatBalance(from.after)} · ${escapeText(to.name)}: ${formatBalance(to.after)}`,
  notice: (facts: Extract<NoticeFacts, { kind: 'credits_moved' }>): string =>
    `:information_source: <@${facts.byUserId}> moved *${formatDollars(dollars(facts.amount))}* from ${escapeText(facts.from.name)} (balance ${formatBalance(dollars(facts.from.balance))}) to ${escapeText(facts.to.name)} (balance ${formatBalance(dollars(facts.to.balance))}).`,
  sameOffice: 'Choose two different offices.',
  officeMissing: 'Choose an office.',
  tooLarge: (free: Money): string => `This office has ${formatBalance(free)} to give.`,
  shared: 'Your company shares its credits, so there is nothing to move between offices.',
  oneOffice: 'Your company has one office, so there is nowhere to move credits to.',
  onlyCompanyAdmins: 'Only company admins can move credits between offices.',
};
