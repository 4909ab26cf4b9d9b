import { type ClosingRefund, type CreditsAtClosing, closeCompany, planClosing } from '../../billing/index.ts';
import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars } from '../../money.ts';
import { countWaiting, endIntake } from '../../usage/index.ts';
import { companyOption, defineCommand, flag, oneOf, openBilling, option, text } from '../frame/index.ts';

export const closeCompanyCommand = defineCommand({
  name: 'company close',
  summary:
    'close a company for good: its credits are refunded or kept, its debt is written off, everything ends',
  params: {
    company: companyOption(),
    credits: option(
      '--credits <what>',
      'refund: what is left of card payments goes back to their cards; keep: nothing is refunded',
      oneOf('refund', 'keep'),
    ),
    reason: option(
      '--reason <reason>',
      'why, for the audit and the entries; people in Slack are not told it',
      text,
    ),
    dryRun: flag('--dry-run', 'only say what would be refunded, ended and written off'),
  },
  async run(context, { company, credits, reason, dryRun }) {
    const assertNothingWaits = async (db: Queryable): Promise<void> => {
      const waiting = await countWaiting(db, company.id);
      if (waiting === 0) return;
      throw new RefillError(
        'company-not-closable',
        `It cannot be closed yet: ${waiting} usage ${waiting === 1 ? 'record waits' : 'records wait'} to be posted. Accept or drop ${waiting === 1 ? 'it' : 'them'} first: refill usage inbox --company ${company.id}. Nothing was changed.`,
      );
    };
    const billing = openBilling(context);
    if (dryRun) return await describePlan(billing, company.id, credits, assertNothingWaits);
    const done = await closeCompany(billing, company.id, { credits, reason }, async (tx, at) => {
      await assertNothingWaits(tx);
      await endIntake(tx, company.id, at);
    });
    const { approvals, requests, drafts } = done.closed;
    return {
      lines: [
        ...(done.wasClosed ? ['It was closed already.'] : []),
        ...(approvals + requests + drafts === 0
          ? []
          : [`Closed ${approvals} approvals, ${requests} requests and ${drafts} open purchases.`]),
        ...done.refunds.map(describeRefund),
        ...(done.kept.isZero() ? [] : [`Credits ended by an entry: ${formatDollars(done.kept)}.`]),
        ...(done.writtenOff.isZero()
          ? []
          : [`Debt written off by an entry: ${formatDollars(done.writtenOff)}.`]),
        done.state === 'closed'
          ? 'Closed. Its people can look at usage, receipts and invoices; nothing is charged and no usage is taken.'
          : describeOpen(done.refunds, company.id),
      ],
      value: { ...done },
      status: done.state === 'closed' ? 0 : 1,
    };
  },
});

async function describePlan(
  billing: Parameters<typeof planClosing>[0],
  companyId: bigint,
  credits: CreditsAtClosing,
  assertNothingWaits: (db: Queryable) => Promise<void>,
) {
  const plan = await planClosing(billing, companyId, credits, assertNothingWaits);
  const refunds = plan.refunds.map(({ reference, amount, isKnown }) => ({ reference, amount, isKnown }));
  const refunded = refunds.reduce(
    (sum, { amount, isKnown }) => (isKnown ? sum : sum.minus(amount)),
    plan.credits,
  );
  return {
    lines: [
      'It can be closed. Nothing was changed.',
      ...refunds.map(
        ({ reference, amount }) => `Would refund ${formatDollars(amount)} of ${reference} to its card.`,
      ),
      `Would end credits of ${formatDollars(refunded)} and write off a debt of ${formatDollars(plan.debt)}, by entries.`,
    ],
    value: { refunds, credits: plan.credits, debt: plan.debt },
  };
}

function describeRefund({ reference, amount, state, problem }: ClosingRefund): string {
  switch (state) {
    case 'succeeded':
      return `Refunded ${formatDollars(amount)} of ${reference} to its card.`;
    case 'pending':
      return `The refund of ${formatDollars(amount)} of ${reference} is pending at the card processor.`;
    default:
      return `${formatDollars(amount)} of ${reference} could not be refunded: ${problem}`;
  }
}

function describeOpen(refunds: readonly ClosingRefund[], companyId: bigint): string {
  const next = refunds.some(({ state }) => state === 'failed')
    ? `Refund what failed by other means and run it again with --credits keep`
    : `Run it again once the refunds are through`;
  return `Closing, and not complete: nothing can be bought or charged any more. ${next}: refill company close --company ${companyId} …`;
}
