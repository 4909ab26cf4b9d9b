import { removeEndpoint } from '../../notices/index.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const removeEndpointCommand = defineCommand({
  name: 'endpoint remove',
  summary: 'send nothing to an endpoint any more',
  params: { company: companyOption(), endpoint: argument('<endpoint>', 'as list prints it', text) },
  async run({ db, clock }, { company, endpoint: id }) {
    await removeEndpoint({ db, clock }, { companyId: company.id, id });
    return { lines: ['Removed.'], value: { id } };
  },
});
