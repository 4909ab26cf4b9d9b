import { addRecurring } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { amount, defineCommand, flag, openCompanyOption, option } from '../frame/index.ts';

export const addRecurringCommand = defineCommand({
  name: 'recurring add',
  summary: 'give a company general credits at the start of every billing period, from now on',
  params: {
    company: openCompanyOption(),
    amount: option('--amount <dollars>', 'how much each period', amount),
    charged: flag('--charged', 'the company pays for them'),
    free: flag('--free', 'they are a present'),
  },
  async run({ db, clock }, { company, amount: credit, charged, free }) {
    if (charged === free) throw new RefillError('bad-argument', 'Give either --charged or --free.');
    const { outcome } = await addRecurring(
      { db, clock },
      { companyId: company.id, amount: credit, isCharged: charged },
    );
    return {
      lines: [
        outcome === 'added'
          ? 'They come every billing period from now on.'
          : 'They are above the approval limit, so a second admin of the company approves them first.',
      ],
      value: { outcome },
    };
  },
});
