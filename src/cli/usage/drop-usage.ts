import { dropWaiting } from '../../usage/index.ts';
import { argument, companyOption, defineCommand, option, rowNumber, text } from '../frame/index.ts';

export const dropUsageCommand = defineCommand({
  name: 'usage drop',
  summary: 'take a record out of the inbox: it is never posted, unless it is sent again',
  params: {
    company: companyOption(),
    id: argument('<id>', 'its number in the inbox (refill usage inbox)', rowNumber),
    reason: option('--reason <reason>', 'stored in the audit', text),
  },
  async run({ db, clock, secrets }, { company, id, reason }) {
    await dropWaiting({ db, clock, secrets }, { companyId: company.id, id, reason });
    return { lines: ['Dropped.'], value: { id } };
  },
});
