import { revokeRoleAndNotify } from '../../billing/index.ts';
import {
  companyOption,
  defineCommand,
  flag,
  oneOf,
  option,
  optional,
  repeated,
  text,
} from '../frame/index.ts';
import { checkAdmins, findUser, openAccounts, requireTeam } from './find-user.ts';
import { describeRole, readRole } from './read-role.ts';

export const revokeRoleCommand = defineCommand({
  name: 'people revoke',
  summary: 'take a role from somebody, or all of them; cards and settings they made stay',
  params: {
    company: companyOption(),
    user: option('--user <id or e-mail>', 'who: a Slack id like U0123ABCD, or an e-mail address', text),
    role: optional(
      '--role <role>',
      'company-admin, office-admin or manager; all of their roles unless given',
      oneOf('company-admin', 'office-admin', 'manager'),
    ),
    offices: repeated('--office <name>', 'of this office only; repeat for more', text, { isRequired: false }),
    departments: repeated('--department <name>', 'of this department only; repeat for more', text, {
      isRequired: false,
    }),
    force: flag('--force', 'also the last active company admin’s'),
  },
  async run(context, { company, user: typed, role, offices, departments, force }) {
    const { db, clock, note } = context;
    const accounts = openAccounts(context);
    const teamId = await requireTeam(db, company.id);
    const choice = role === undefined ? null : await readRole(db, company.id, { role, offices, departments });
    const { userId } = await findUser(db, accounts, { companyId: company.id, teamId, typed });
    // With --force no admin has to be left, so that it works where Slack is unreachable.
    if (!force) await checkAdmins(db, accounts, { companyId: company.id, teamId, at: clock.now() });
    const target = { companyId: company.id, userId, by: 'operator' as const, isForced: force };
    const taken = await revokeRoleAndNotify({ db, clock }, target, choice === null ? null : [choice]);
    if (taken.leavesNoAdmin)
      note(
        'Warning: this company has no active company admin left. Give somebody the role: refill people grant',
      );
    if (taken.withoutApprover.length > 0)
      note(
        `Warning: fewer than two people can approve for ${taken.withoutApprover.join(', ')} now. Give somebody a role (refill people grant), or answer there yourself (refill approval answer).`,
      );
    return {
      lines: [
        ...taken.removed.map((each) => `${userId} is no longer ${describeRole(each)}.`),
        ...(taken.closedApprovals === 0
          ? []
          : [`Closed approvals that they asked for: ${taken.closedApprovals}.`]),
      ],
      value: {
        userId,
        revoked: taken.removed,
        closedApprovals: taken.closedApprovals,
        leavesNoAdmin: taken.leavesNoAdmin,
        withoutApprover: taken.withoutApprover,
      },
    };
  },
});
