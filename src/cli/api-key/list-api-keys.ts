import { listApiKeys } from '../../usage/index.ts';
import { companyOption, defineCommand, describeLife } from '../frame/index.ts';

export const listApiKeysCommand = defineCommand({
  name: 'api-key list',
  summary:
    'a company’s keys, without their secret part: rights, limits, last use, and until when they are good',
  params: { company: companyOption() },
  async run({ db, clock }, { company }) {
    const keys = await listApiKeys(db, company.id);
    return {
      lines:
        keys.length === 0
          ? ['No keys yet.']
          : keys.map((key) => {
              const { prefix, name, scopes, capture, createdAt, requestsPerSecond } = key;
              const rights = `${scopes.join(' ')}${capture === null ? '' : ` (captures: ${capture})`}`;
              const rate = requestsPerSecond === null ? '' : `  ${requestsPerSecond} requests a second`;
              return `${prefix}…  ${name}  ${rights}${rate}  ${createdAt.toISOString()}  ${describeLife(key, clock.now())}`;
            }),
      value: { keys },
    };
  },
});
