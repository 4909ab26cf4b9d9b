import { adjustCredits } from '../../billing/index.ts';
import { inTransaction } from '../../db/index.ts';
import { formatDollars } from '../../money.ts';
import { amount, companyOption, defineCommand, findOffice, option, optional, text } from '../frame/index.ts';

export const deductCreditCommand = defineCommand({
  name: 'credit deduct',
  summary: 'take general credits from a company, with a reason; what they do not cover is owed',
  params: {
    company: companyOption(),
    office: optional('--office <name>', 'whose, where offices have their own credits', text),
    amount: option('--amount <dollars>', 'how much', amount),
    reason: option('--reason <reason>', 'why; people read it where the balance is explained', text),
  },
  async run({ db, clock }, { company, office, amount: taken, reason }) {
    const officeId = await findOffice(db, company.id, office);
    const adjustment = {
      companyId: company.id,
      kind: 'deduction' as const,
      officeId,
      amount: taken,
      reason,
      actor: 'operator',
      at: clock.now(),
    };
    const { id, balance } = await inTransaction(db, (tx) => adjustCredits(tx, adjustment));
    return {
      lines: [`Deducted ${formatDollars(taken)}. Calls and messages can use ${formatDollars(balance)} now.`],
      value: { adjustmentId: id, balance },
    };
  },
});
