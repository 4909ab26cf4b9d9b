import { listWebhooks } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listWebhooksCommand = defineCommand({
  name: 'webhook list',
  summary: 'a company’s addresses for its phone system, without their secrets',
  params: { company: companyOption() },
  async run({ db, publicUrl }, { company }) {
    const rows = await listWebhooks(db, company.id);
    const webhooks = rows.map(({ path, createdAt, revokedAt }) => ({
      address: `${publicUrl ?? ''}${path}`,
      createdAt,
      revokedAt,
    }));
    return {
      lines:
        webhooks.length === 0
          ? ['No addresses yet.']
          : webhooks.map(({ address, createdAt, revokedAt }) => {
              const state = revokedAt === null ? 'good' : `revoked ${revokedAt.toISOString()}`;
              return `${address}  ${createdAt.toISOString()}  ${state}`;
            }),
      value: { webhooks },
    };
  },
});
