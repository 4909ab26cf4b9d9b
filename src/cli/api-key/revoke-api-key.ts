import { revokeApiKey } from '../../usage/index.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const revokeApiKeyCommand = defineCommand({
  name: 'api-key revoke',
  summary: 'end a key at once',
  params: {
    company: companyOption(),
    prefix: argument('<prefix>', 'how it begins, like rk_a1b2c3', text),
  },
  async run({ db, clock }, { company, prefix }) {
    await revokeApiKey({ db, clock }, { companyId: company.id, prefix });
    return { lines: ['Revoked.'], value: { prefix } };
  },
});
