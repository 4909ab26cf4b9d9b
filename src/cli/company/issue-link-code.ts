import { issueLinkCode } from '../../org/index.ts';
import { companyArgument, defineCommand } from '../frame/index.ts';

export const issueLinkCodeCommand = defineCommand({
  name: 'company link-code',
  summary: 'print a new one-time code that links a workspace to a company',
  params: { company: companyArgument() },
  async run({ db, clock }, { company }) {
    const { code, expiresAt } = await issueLinkCode({ db, clock }, company.id);
    return {
      lines: [`In its Slack workspace, before ${expiresAt.toISOString()}:`, `/credits link ${code}`],
      value: { linkCode: code, expiresAt },
    };
  },
});
