import { dollars, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { formatCard } from './format.ts';
import { escapeText } from './mrkdwn.ts';

type FactsOf<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;

const money = (text: string): string => formatDollars(dollars(text));

/** `the payment of $50.00 (R-000123)`; a payment that is not credited yet has no receipt. */
function payment({ amount, receipt }: { amount: string; receipt: string }): string {
  return `the payment of ${money(amount)}${receipt === '' ? '' : ` (${receipt})`}`;
}

function refund(facts: FactsOf<'refund'>): string {
  const name = facts.card === null ? 'the card' : formatCard(facts.card);
  const of = facts.receipt === '' ? payment({ amount: facts.paid, receipt: '' }) : facts.receipt;
  const isWhole = facts.amount === facts.paid;
  if (facts.state === 'returned')
    return `:information_source: The refund of ${money(facts.amount)} for ${of} didn’t reach ${name}. ${money(facts.taken)} of credits for ${escapeText(facts.scopeLabel)} were added back. Your provider will contact you.`;
  const what = `:credit_card: *${money(facts.amount)}${isWhole ? '' : ` of ${money(facts.paid)}`} was refunded* to ${name} for ${of}. ${money(facts.taken)} of credits for ${escapeText(facts.scopeLabel)} were removed.`;
  if (facts.pausedToken === null) return what;
  switch (facts.pauseEnd) {
    case 'resumed':
      return `${what}\n:white_check_mark: Auto-recharge was paused, and is on again.`;
    case 'off':
      return `${what}\nAuto-recharge is off.`;
    default:
      return `${what}\n:double_vertical_bar: Auto-recharge is paused: ${money(facts.amount)} was refunded. A company admin can resume it.`;
  }
}

function lateRefund(facts: FactsOf<'late_refund'>): string {
  const why =
    facts.reason === 'too_late' ? 'more than 7 days after the purchase' : 'after the purchase was closed';
  const name = facts.card === null ? '' : ` to ${formatCard(facts.card)}`;
  return `:information_source: Your ${money(facts.amount)} payment for ${escapeText(facts.scopeLabel)} (${facts.reference}) went through late, ${why}. It was refunded${name}, and no credits were added.`;
}

function unconfirmed(facts: FactsOf<'payment_unconfirmed'>): string {
  const card = facts.card === null ? '' : ` on ${formatCard(facts.card)}`;
  const what = `${money(facts.amount)}${card} for ${escapeText(facts.scopeLabel)} (${facts.reference})`;
  switch (facts.state) {
    case 'checking':
      return `:warning: *We couldn’t confirm a payment* of ${what}.${facts.pausesRecharge ? ' Auto-recharge is paused until we know.' : ''} Please don’t pay again: we’ll check every day for 30 days and update you here. Your provider has been told.`;
    case 'paid':
      return `:white_check_mark: The payment of ${what} went through, and its credits were added.`;
    case 'not_paid':
      return `:x: The payment of ${what} didn’t go through. You weren’t charged.`;
    case 'unconfirmed':
      return `:information_source: We couldn’t confirm the payment of ${what}, and no credits were added. If it goes through later, we’ll add them or refund it.`;
  }
}

function dispute(facts: FactsOf<'dispute'>): string {
  if (facts.invoice !== null) return disputeOfInvoice(facts, facts.invoice);
  const what = payment(facts);
  switch (facts.state) {
    case 'inquiry':
      return `:information_source: A bank is asking about ${what}. Nothing is paused, and your provider will answer.`;
    case 'closed':
      return `:white_check_mark: The bank’s question about ${what} is settled. Nothing changes.`;
    case 'open':
      return `:double_vertical_bar: *Purchases and auto-recharge are paused*: ${what} is disputed at the bank. Credits stay usable meanwhile.`;
    case 'won':
      return `:white_check_mark: The dispute about ${what} was settled in your provider’s favor. Purchases and auto-recharge are available again.`;
    case 'lost':
      return `:double_vertical_bar: *The cardholder won the dispute about ${what}*, so its credits were removed. Purchases and auto-recharge stay paused until your provider resumes them.`;
    case 'cleared':
      return `:white_check_mark: Your provider resumed purchases and auto-recharge after the dispute about ${what}.`;
  }
}

/** A dispute of an invoice's payment pauses nothing; once it is lost, the invoice's own message says what is owed again. */
function disputeOfInvoice({ state, amount }: FactsOf<'dispute'>, invoice: string): string {
  const what = `a payment of ${formatDollars(dollars(amount))} for invoice ${invoice}`;
  switch (state) {
    case 'inquiry':
      return `:information_source: A bank is asking about ${what}. Nothing is paused, and your provider will answer.`;
    case 'open':
      return `:warning: *Invoice ${invoice} may be owed again*: ${what} is disputed at the bank. Credits stay usable, and nothing is paused.`;
    case 'lost':
      return `:warning: *The cardholder won the dispute about ${what}*, so the invoice is owed again. Credits stay usable.`;
    default:
      return `:white_check_mark: The dispute about ${what} is settled, and the invoice stays paid.`;
  }
}

/** What people are told of money that goes back: refunds and disputes. */
export const moneyBackCopy = { refund, lateRefund, unconfirmed, dispute };
