import { revokeRoleAndNotify } from '../../billing/index.ts';
import { deactivateMembers } from '../../org/index.ts';
import { findPersonalFacts } from '../../usage/index.ts';
import { companyOption, defineCommand, flag, option, text } from '../frame/index.ts';
import { checkAdmins, openAccounts, requireTeam } from './find-user.ts';
import { describeRole } from './read-role.ts';

export const removePersonCommand = defineCommand({
  name: 'people remove',
  summary: 'somebody leaves: their roles end and they are offered nowhere; what they used stays theirs',
  params: {
    company: companyOption(),
    person: option(
      '--person <who>',
      'a Slack id, e-mail address, number or full name of the directory',
      text,
    ),
    force: flag('--force', 'also the last active company admin'),
  },
  async run(context, { company, person: typed, force }) {
    const { db, clock, note } = context;
    const person = await findPersonalFacts(db, company.id, typed);
    const removed =
      person.slackId === null
        ? []
        : await endRoles(context, { companyId: company.id, userId: person.slackId, force });
    const wasListed = await deactivateMembers({ db, clock }, person);
    if (person.isInPhoneSystem)
      note(
        'Warning: the phone system’s directory lists them. Remove them there, or the next reading brings them back.',
      );
    const ended = removed.map((each) => `No longer ${describeRole(each)}.`);
    return {
      lines: [
        ...ended,
        ...(wasListed ? ['Removed from the directory. What they used stays theirs.'] : []),
        ...(ended.length === 0 && !wasListed ? ['They had left already. Nothing was changed.'] : []),
      ],
      value: { slackId: person.slackId, revoked: removed, wasListed },
    };
  },
});

async function endRoles(
  context: Parameters<typeof openAccounts>[0],
  { companyId, userId, force }: { companyId: bigint; userId: string; force: boolean },
) {
  const { db, clock } = context;
  const roles = await db.roleAssignment.count({ where: { companyId, userId } });
  if (roles === 0) return [];
  const teamId = await requireTeam(db, companyId);
  // With --force no admin has to be left, so that it works where Slack is unreachable.
  if (!force) await checkAdmins(db, openAccounts(context), { companyId, teamId, at: clock.now() });
  const target = { companyId, userId, by: 'operator' as const, isForced: force };
  return (await revokeRoleAndNotify({ db, clock }, target, null)).removed;
}
