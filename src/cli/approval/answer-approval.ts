import { type ApprovalOutcome, decideAsOperator } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { argument, companyOption, defineCommand, flag, option, rowNumber, text } from '../frame/index.ts';

export const answerApprovalCommand = defineCommand({
  name: 'approval answer',
  summary: 'approve or decline a request, for a company that has no second admin',
  params: {
    company: companyOption(),
    approval: argument('<id>', 'its number (refill approval list)', rowNumber),
    approve: flag('--approve', 'charge the purchase, or make the change'),
    decline: flag('--decline', 'charge and change nothing'),
    reason: option('--reason <reason>', 'why; the requester and the audit have it', text),
  },
  async run({ db, clock, log }, { company, approval, approve, decline, reason }) {
    if (approve === decline) throw new RefillError('bad-argument', 'Give either --approve or --decline.');
    const answer = approve ? 'approved' : 'declined';
    const where = { companyId: company.id, approvalId: approval };
    const { outcome, approval: facts } = await decideAsOperator({ db, clock, log }, where, answer, reason);
    const isDone = outcome === 'decided';
    return {
      lines: [describe(approval, { outcome, approval: facts })],
      value: { approval, outcome, state: facts.state },
      ...(isDone ? {} : { status: 1 as const }),
    };
  },
});

function describe(id: bigint, { outcome, approval: { state } }: ApprovalOutcome): string {
  switch (outcome) {
    case 'decided':
      return `Request ${id} is ${state}. The requester has been notified.`;
    case 'already':
      return `Request ${id} was ${state} already. Nothing was changed.`;
    case 'review-again':
      return `Request ${id} would be paid differently now than it said. Nothing was charged; answer again to confirm.`;
  }
}
