import { listUnattributed } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listUnattributedCommand = defineCommand({
  name: 'usage unattributed',
  summary: 'usage of unknown owner, posted to the primary office',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const records = await listUnattributed(db, company.id);
    return {
      lines: [
        ...records.map(
          ({ source, externalId, internalNumber, named }) =>
            `${source} ${externalId}  ${internalNumber ?? 'no number'}  ${named}`,
        ),
        `Unattributed: ${records.length}.`,
      ],
      value: { records },
    };
  },
});
