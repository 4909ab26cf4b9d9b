import { listWebhooks } from '../../usage/index.ts';
import { companyOption, defineCommand, describeLife } from '../frame/index.ts';

export const listWebhooksCommand = defineCommand({
  name: 'webhook list',
  summary:
    'a company’s addresses for its phone system, without their secrets: last use, and until when they are good',
  params: { company: companyOption() },
  async run({ db, clock, publicUrl }, { company }) {
    const rows = await listWebhooks(db, company.id);
    const webhooks = rows.map(({ path, ...rest }) => ({ address: `${publicUrl ?? ''}${path}`, ...rest }));
    return {
      lines:
        webhooks.length === 0
          ? ['No addresses yet.']
          : webhooks.map((webhook) => {
              const { address, name, createdAt, refusedAt } = webhook;
              const refused = refusedAt === null ? '' : `  last refused ${refusedAt.toISOString()}`;
              return `${address}  ${name === null ? '' : `${name}  `}${createdAt.toISOString()}  ${describeLife(webhook, clock.now())}${refused}`;
            }),
      value: { webhooks },
    };
  },
});
