import { endLimit } from '../../limits/index.ts';
import { argument, companyOption, defineCommand, option, rowNumber, text } from '../frame/index.ts';

export const endLimitCommand = defineCommand({
  name: 'limit end',
  summary: 'end a spending limit: usage is limited by it no more',
  params: {
    company: companyOption(),
    limit: argument('<limit>', 'its number (refill limit list)', rowNumber),
    reason: option('--reason <reason>', 'why, for the audit', text),
  },
  async run({ db, clock }, { company, limit, reason }) {
    const { named, period } = await endLimit({ db, clock }, { companyId: company.id, reason }, limit);
    return { lines: [`The limit of ${named.name} a ${period} has ended.`], value: { limitId: limit } };
  },
});
