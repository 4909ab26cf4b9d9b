import { listInbox } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listUnratedCommand = defineCommand({
  name: 'usage unrated',
  summary: 'what has no rate yet; never free, posted when a rate arrives',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const records = await listInbox(db, company.id, 'unrated');
    return {
      lines: [
        ...records.map(({ id, source, externalId, message }) => `${id}  ${source} ${externalId}  ${message}`),
        `Without a rate: ${records.length}.`,
      ],
      value: { records },
    };
  },
});
