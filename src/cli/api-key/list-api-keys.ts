import { listApiKeys } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listApiKeysCommand = defineCommand({
  name: 'api-key list',
  summary: 'a company’s keys, without their secret part',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const keys = await listApiKeys(db, company.id);
    return {
      lines:
        keys.length === 0
          ? ['No keys yet.']
          : keys.map(({ prefix, name, scopes, capture, createdAt, revokedAt }) => {
              const state = revokedAt === null ? 'good' : `revoked ${revokedAt.toISOString()}`;
              const rights = `${scopes.join(' ')}${capture === null ? '' : ` (captures: ${capture})`}`;
              return `${prefix}…  ${name}  ${rights}  ${createdAt.toISOString()}  ${state}`;
            }),
      value: { keys },
    };
  },
});
