import { listLimits } from '../../limits/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';
import { describeLimit, limitValue } from './describe-limit.ts';

export const listLimitsCommand = defineCommand({
  name: 'limit list',
  summary: 'spending limits that are in force, how far each is used, and the number to end it by',
  params: { company: companyOption() },
  async run({ db, clock }, { company }) {
    const limits = await listLimits(db, company.id, clock.now());
    return {
      lines: limits.length === 0 ? ['There are none.'] : limits.map(describeLimit),
      value: { limits: limits.map(limitValue) },
    };
  },
});
