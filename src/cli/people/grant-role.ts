import { grantRoleAndNotify } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { listAccountsOfMailbox } from '../../org/index.ts';
import { companyOption, defineCommand, oneOf, option, repeated, text } from '../frame/index.ts';
import { findUser, openAccounts, requireTeam } from './find-user.ts';
import { describeRole, readRole } from './read-role.ts';

export const grantRoleCommand = defineCommand({
  name: 'people grant',
  summary: 'give somebody in a company’s Slack workspace a role',
  params: {
    company: companyOption(),
    user: option('--user <id or e-mail>', 'who: a Slack id like U0123ABCD, or an e-mail address', text),
    role: option(
      '--role <role>',
      'company-admin, office-admin or manager',
      oneOf('company-admin', 'office-admin', 'manager'),
    ),
    offices: repeated('--office <name>', 'for office admins and managers; repeat for more', text, {
      isRequired: false,
    }),
    departments: repeated('--department <name>', 'for managers; repeat for more', text, {
      isRequired: false,
    }),
  },
  async run(context, { company, user: typed, role, offices, departments }) {
    const { db, clock, note } = context;
    const accounts = openAccounts(context);
    const teamId = await requireTeam(db, company.id);
    const choice = await readRole(db, company.id, { role, offices, departments });
    const user = await findUser(db, accounts, { companyId: company.id, teamId, typed });
    const standing = await accounts.standingOf(user);
    if (standing !== 'full')
      throw new RefillError(
        'not-a-member',
        `${typed} is no active full member of the workspace (${standing}). Nothing was changed.`,
      );
    const target = { companyId: company.id, userId: user.userId, by: 'operator' as const };
    const added = await grantRoleAndNotify({ db, clock }, target, choice);
    const others = await listAccountsOfMailbox(db, company.id, user.userId);
    if (others.length > 0)
      note(
        `Warning: the directory has the e-mail address of ${user.userId} for ${others.join(', ')}, too: perhaps one person with two accounts.`,
      );
    return {
      lines:
        added.length === 0
          ? [`${user.userId} has that role already. Nothing was changed.`]
          : added.map((each) => `${user.userId} is now ${describeRole(each)}.`),
      value: { userId: user.userId, granted: added },
    };
  },
});
