import type { VerificationFacts } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { describeFailure } from './declines.ts';
import { formatCard } from './format.ts';
import { escapeText } from './mrkdwn.ts';

const what = ({ amount, scopeLabel, card }: VerificationFacts): string =>
  `${formatDollars(amount)} for ${escapeText(scopeLabel)}${card === null ? '' : ` on ${formatCard(card)}`}`;

/** What *Verify payment* is answered with. */
export const verificationCopy = {
  openBank: 'Open your bank’s page',
  paid: ':white_check_mark: This payment is already paid.',
  'not-needed': 'This payment is no longer needed: credits were added since. You weren’t charged.',
  over: 'This payment is no longer waiting to be verified. You weren’t charged.',
  notAllowed: 'Only admins of these credits can verify this payment. You weren’t charged.',
  states: {
    at_bank: (facts) => `Your bank needs you to verify ${what(facts)}. You won’t be charged until you do.`,
    paid: (facts) => `:white_check_mark: *Paid.* ${what(facts)}.`,
    failed: (facts) => `:x: ${describeFailure(facts.failureCode ?? '', facts.card)}`,
    waiting: (facts) => `:x: ${describeFailure(facts.failureCode ?? '', facts.card)}`,
    unknown: (facts) =>
      `*Still processing ${what(facts)}.* Please don’t pay again: we’ll keep checking and update the notice in the channel.`,
    starting: (facts) =>
      `*Still contacting your bank about ${what(facts)}.* The notice in the channel will have the link to its page.`,
  } satisfies Record<VerificationFacts['state'], (facts: VerificationFacts) => string>,
};
