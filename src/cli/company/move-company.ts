import { moveCompany } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import type { RolePlace } from '../../org/index.ts';
import { planMove } from '../../slack/index.ts';
import { cancelExportsOf } from '../../usage/index.ts';
import { companyOption, defineCommand, flag, option, text } from '../frame/index.ts';

export const moveCompanyCommand = defineCommand({
  name: 'company move',
  summary: 'move a company to another Slack workspace, once the new workspace’s token is configured',
  params: {
    company: companyOption(),
    toWorkspace: option(
      '--to-workspace <id>',
      'the new workspace: its id like T0123456789, its name, or acme of acme.slack.com',
      text,
    ),
    admin: option('--admin <who>', 'a company admin from then on: a Slack id or e-mail address there', text),
    dryRun: flag('--dry-run', 'only list whose roles would follow'),
  },
  async run({ db, clock, log, config, secrets }, { company, toWorkspace, admin, dryRun }) {
    if (config.live === undefined)
      throw new RefillError('token-not-new', 'Set SLACK_BOT_TOKEN to the new workspace’s token first.');
    const deps = { db, log, secrets, slack: config.live.slack };
    const plan = await planMove(deps, { companyId: company.id, toWorkspace, admin, at: clock.now() });
    const { toName, people, ...move } = plan;
    const value = { toTeamId: move.toTeamId, adminUserId: move.adminUserId, people };
    if (dryRun) return { lines: [`Would move to ${toName}.`, ...people.map(describePlan)], value };
    const moved = await moveCompany({ db, clock }, { companyId: company.id, people, ...move }, (tx, at) =>
      cancelExportsOf(tx, company.id, at),
    );
    const { approvals, requests, drafts } = moved.closed;
    return {
      lines: [
        `Moved to ${toName}. Closed ${approvals} approvals, ${requests} requests and ${drafts} open purchases.`,
        ...moved.kept.map(
          ({ userId, fromUserIds, roles }) =>
            `${userId}${fromUserIds.length > 1 ? ` (one e-mail address of ${fromUserIds.join(' and ')})` : ''}: ${nameRoles(roles)}`,
        ),
        ...moved.dropped.map(
          ({ email, fromUserId, roles }) => `Dropped ${email ?? fromUserId}: ${nameRoles(roles)}`,
        ),
        `Channels are unset: refill channel set --company ${company.id} <channel>, or /credits settings.`,
      ],
      value: { ...value, ...moved },
    };
  },
});

function describePlan({
  email,
  fromUserId,
  toUserId,
}: {
  email: string | null;
  fromUserId: string;
  toUserId: string | null;
}): string {
  const who = email ?? fromUserId;
  return toUserId === null ? `${who} is not there: their roles would be dropped.` : `${who} is ${toUserId}.`;
}

function nameRoles(roles: readonly RolePlace[]): string {
  return roles
    .map(({ role, place }) => `${role.replace('_', ' ')}${place === null ? '' : ` of ${place}`}`)
    .join(', ');
}
