import { clearDisputes } from '../../billing/index.ts';
import { companyOption, defineCommand, option, text } from '../frame/index.ts';

export const clearDisputeCommand = defineCommand({
  name: 'dispute clear',
  summary: 'let a company buy and recharge again after a disputed payment',
  params: {
    company: companyOption(),
    reason: option('--reason <reason>', 'why, for the audit', text),
  },
  async run({ db, clock }, { company, reason }) {
    const cleared = await clearDisputes({ db, clock }, company.id, reason);
    return {
      lines: [`Cleared ${cleared}. Purchases and auto-recharge are on again.`],
      value: { cleared },
    };
  },
});
