import { createApiKey } from '../../usage/index.ts';
import { companyOption, defineCommand, text, withDefault } from '../frame/index.ts';

export const createApiKeyCommand = defineCommand({
  name: 'api-key create',
  summary: 'print a new key for sending usage; it is shown once',
  params: {
    company: companyOption(),
    name: withDefault('--name <name>', 'what it is for', text, 'usage'),
  },
  async run({ db, clock }, { company, name }) {
    const { key } = await createApiKey({ db, clock }, { companyId: company.id, name });
    return { lines: ['This key is shown once:', key], value: { key, name } };
  },
});
