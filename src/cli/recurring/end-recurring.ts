import { endRecurring } from '../../billing/index.ts';
import { inTransaction } from '../../db/index.ts';
import { argument, companyOption, defineCommand, option, rowNumber, text } from '../frame/index.ts';

export const endRecurringCommand = defineCommand({
  name: 'recurring end',
  summary: 'let credits that come every billing period come no more; what came stays',
  params: {
    company: companyOption(),
    recurring: argument('<recurring>', 'its number (refill recurring list)', rowNumber),
    reason: option('--reason <reason>', 'why, for the audit', text),
  },
  async run({ db, clock }, { company, recurring, reason }) {
    const ended = { companyId: company.id, id: recurring, reason, at: clock.now() };
    await inTransaction(db, (tx) => endRecurring(tx, ended));
    return { lines: ['They come no more. What they credited stays.'], value: { recurringId: recurring } };
  },
});
