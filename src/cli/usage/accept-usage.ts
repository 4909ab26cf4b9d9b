import { acceptWaiting } from '../../usage/index.ts';
import { argument, defineCommand, openCompanyOption, rowNumber } from '../frame/index.ts';

export const acceptUsageCommand = defineCommand({
  name: 'usage accept',
  summary: 'post a record of the inbox that waits for the operator; one that could not be read is read again',
  params: {
    company: openCompanyOption(),
    id: argument('<id>', 'its number in the inbox (refill usage inbox)', rowNumber),
  },
  async run({ db, clock, secrets }, { company, id }) {
    const outcome = await acceptWaiting({ db, clock, secrets }, { companyId: company.id, id });
    const isPosted = outcome !== null && ['posted', 'adjusted', 'duplicate'].includes(outcome.outcome);
    const reason = outcome !== null && 'message' in outcome ? outcome.message : null;
    return {
      lines: [isPosted ? 'Posted.' : `Not posted${reason === null ? '.' : `: ${reason}`}`],
      value: { isPosted, outcome: outcome?.outcome ?? null, reason },
      status: isPosted ? 0 : 1,
    };
  },
});
