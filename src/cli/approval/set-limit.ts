import { setOperatorApprovalLimit } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { amountOrNone, argument, companyOption, defineCommand, flag } from '../frame/index.ts';

export const setApprovalLimitCommand = defineCommand({
  name: 'approval set-limit',
  summary: 'above which amount a company needs a second admin; the company’s own limit may be lower',
  params: {
    company: companyOption(),
    limit: argument('<dollars>', 'an amount like 250, or none', amountOrNone),
    own: flag('--own', 'set the company’s own limit instead, where no second admin is left to agree'),
    force: flag('--force', 'also where fewer than two admins could approve: answer there yourself'),
  },
  async run({ db, clock }, { company, limit, own, force }) {
    const lacking = await setOperatorApprovalLimit(db, {
      companyId: company.id,
      limit,
      at: clock.now(),
      isOwn: own,
      isForced: force,
    });
    const labels = lacking.map(({ label }) => label);
    return {
      lines: [describe(limit, own), ...labels.map(describeLacking)],
      value: { limit, isOwn: own, withoutApprover: labels },
    };
  },
});

/** Some credits for which an approval limit leaves the answer to the operator. */
export function describeLacking(label: string): string {
  return `Fewer than two admins could approve for ${label}.`;
}

function describe(limit: Parameters<typeof formatDollars>[0] | null, isOwn: boolean): string {
  if (isOwn) return 'That is the company’s own limit now; yours stays as it is.';
  if (limit === null) return 'Only the company’s own limit counts now.';
  return `A second admin approves what is above ${formatDollars(limit)}.`;
}
