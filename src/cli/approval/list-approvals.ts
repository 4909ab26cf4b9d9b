import { listOpenApprovals, type OpenApproval } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, optionalCompany } from '../frame/index.ts';

export const listApprovalsCommand = defineCommand({
  name: 'approval list',
  summary: 'requests that wait for a second admin, with the number to answer them by',
  params: { company: optionalCompany() },
  async run({ db, clock }, { company }) {
    const of = company === undefined ? {} : { companyId: company.id };
    const approvals = await listOpenApprovals(db, { ...of, at: clock.now() });
    return {
      lines: approvals.length === 0 ? ['Nothing waits for approval.'] : approvals.map(describe),
      value: { approvals },
    };
  },
});

const KINDS: Record<OpenApproval['kind'], string> = {
  purchase: 'purchase',
  recharge: 'auto-recharge',
  bundle: 'bundle',
  bundle_change: 'bundle change',
  recurring: 'recurring credits',
  limit: 'approval limit',
};

function describe(approval: OpenApproval): string {
  const { id, companyName, kind, scopeLabel, amount, requestedBy, expiresAt, approverIds } = approval;
  const who = approverIds.length === 0 ? 'only you can answer' : `${approverIds.join(', ')} can answer`;
  return [
    id,
    companyName,
    `${KINDS[kind]} ${formatDollars(amount)} for ${scopeLabel}`,
    `requested by ${requestedBy ?? 'you'}`,
    `expires ${expiresAt.toISOString().slice(0, 16)}Z`,
    who,
  ].join('  ');
}
