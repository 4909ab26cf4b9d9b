import { adjustCredits } from '../../billing/index.ts';
import { inTransaction } from '../../db/index.ts';
import { formatDollars } from '../../money.ts';
import {
  amount,
  companyOption,
  defineCommand,
  findOffice,
  flag,
  option,
  optional,
  text,
} from '../frame/index.ts';

export const grantCreditCommand = defineCommand({
  name: 'credit grant',
  summary: 'give a company general credits without a charge, with a reason',
  params: {
    company: companyOption(),
    office: optional('--office <name>', 'whose, where offices have their own credits', text),
    amount: option('--amount <dollars>', 'how much', amount),
    reason: option('--reason <reason>', 'why; people read it where the balance is explained', text),
    opening: flag('--opening', 'it is a balance brought from another system'),
  },
  async run({ db, clock }, { company, office, amount: given, reason, opening }) {
    const officeId = await findOffice(db, company.id, office);
    const adjustment = {
      companyId: company.id,
      kind: opening ? ('opening' as const) : ('grant' as const),
      officeId,
      amount: given,
      reason,
      actor: 'operator',
      at: clock.now(),
    };
    const { id, balance } = await inTransaction(db, (tx) => adjustCredits(tx, adjustment));
    return {
      lines: [`Granted ${formatDollars(given)}. Calls and messages can use ${formatDollars(balance)} now.`],
      value: { adjustmentId: id, balance },
    };
  },
});
