import { listRecurring } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, optionalCompany } from '../frame/index.ts';

export const listRecurringCommand = defineCommand({
  name: 'recurring list',
  summary: 'credits that come every billing period, with the number to end them by',
  params: { company: optionalCompany() },
  async run({ db }, { company }) {
    const funds = await listRecurring(db, company?.id);
    return {
      lines:
        funds.length === 0
          ? ['None come.']
          : funds.map(({ id, companyName, amount, isCharged, state, periods, nextPeriodAt }) =>
              [
                id,
                companyName,
                `${formatDollars(amount)} ${isCharged ? 'charged' : 'free'}`,
                state === 'paused' ? 'paused' : `next ${nextPeriodAt.toISOString().slice(0, 10)}`,
                `${periods} so far`,
              ].join('  '),
            ),
      value: { recurring: funds },
    };
  },
});
