import { listInbox } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';
import { describeUsageTime } from './describe-usage-time.ts';

export const listUnratedCommand = defineCommand({
  name: 'usage unrated',
  summary: 'what has no rate yet; never free, posted when a rate arrives',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const records = await listInbox(db, company.id, 'unrated');
    const days = records.flatMap(({ usageAt }) => usageAt?.toISOString().slice(0, 10) ?? []).sort();
    const oldest = days[0] === undefined ? '' : `, the oldest of ${days[0]} (UTC)`;
    return {
      lines: [
        ...records.map(
          ({ id, source, externalId, usageAt, message }) =>
            `${id}  ${describeUsageTime(usageAt)}  ${source} ${externalId}  ${message}`,
        ),
        `Without a rate: ${records.length}${oldest}.`,
      ],
      value: { records },
    };
  },
});
