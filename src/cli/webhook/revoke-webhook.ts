import { revokeWebhook } from '../../usage/index.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const revokeWebhookCommand = defineCommand({
  name: 'webhook revoke',
  summary: 'end an address and its secret at once; create the new one first',
  params: {
    company: companyOption(),
    address: argument('<address>', 'as create or list print it', text),
  },
  async run({ db, clock }, { company, address }) {
    await revokeWebhook({ db, clock }, { companyId: company.id, address });
    return { lines: ['Revoked.'], value: { address } };
  },
});
