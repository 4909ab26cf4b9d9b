import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Db } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import { findWorkspace, type MovedPerson, type SecretBox, saveWorkspace } from '../../../org/index.ts';
import { clientOptions } from '../../connection/connect.ts';

interface Deps {
  db: Db;
  log: Logger;
  secrets: SecretBox;
  slack: { botToken: string; apiUrl: string | undefined };
}

/** Who of a company is who in the workspace that the configured token belongs to. */
export interface MovePlan {
  fromTeamId: string;
  toTeamId: string;
  toName: string;
  adminUserId: string;
  people: MovedPerson[];
}

const member = z.object({
  id: z.string(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
});

/**
 * Asks Slack everything that a move needs, changing nothing but the new workspace's own record: whose token is
 * configured, who the named admin is, and who of those with roles has an account of the same e-mail address there.
 * Throws RefillError `token-not-new` (the configured token is of another workspace than the one named, the old one
 * perhaps), `workspace-missing` (the company is linked to none), `admin-unknown`, `slack-refused`.
 */
export async function planMove(
  deps: Deps,
  wanted: { companyId: bigint; toWorkspace: string; admin: string; at: Date },
): Promise<MovePlan> {
  const { db, slack, log } = deps;
  const from = await db.workspace.findUnique({ where: { companyId: wanted.companyId } });
  if (from === null)
    throw new RefillError(
      'workspace-missing',
      'The company is linked to no workspace yet: link it with a code.',
    );
  const client = new WebClient(slack.botToken, clientOptions(slack.apiUrl, log));
  const to = await identify(client, wanted.toWorkspace, from.teamId);
  await saveWorkspace(deps, { ...to, botToken: slack.botToken, at: wanted.at });
  const adminUserId = await findMember(client, wanted.admin);
  if (adminUserId === null)
    throw new RefillError('admin-unknown', `${wanted.admin} is no active full member of ${to.name}.`);
  const people: MovedPerson[] = [];
  const emailOf = await readEmails(deps, wanted.companyId, from.teamId);
  const rows = await db.roleAssignment.findMany({
    where: { companyId: wanted.companyId },
    orderBy: { id: 'asc' },
  });
  for (const fromUserId of new Set(rows.map(({ userId }) => userId))) {
    const email = await emailOf(fromUserId);
    people.push({ fromUserId, email, toUserId: email === null ? null : await findMember(client, email) });
  }
  return { fromTeamId: from.teamId, toTeamId: to.teamId, toName: to.name, adminUserId, people };
}

/** The workspace of the configured token. Throws RefillError `token-not-new`, `slack-refused`. */
async function identify(client: WebClient, toWorkspace: string, fromTeamId: string) {
  const auth = await ask(() => client.auth.test());
  const { team_id: teamId, team, user_id: botUserId, bot_id: botId, url } = auth;
  if (teamId === undefined || botUserId === undefined || botId === undefined)
    throw new RefillError('slack-refused', 'SLACK_BOT_TOKEN is not a bot token.');
  const name = team ?? teamId;
  const domain = url === undefined ? '' : (new URL(url).hostname.split('.')[0] ?? '');
  const isNamed = [teamId, name, domain].some((each) => each.toLowerCase() === toWorkspace.toLowerCase());
  if (teamId === fromTeamId || !isNamed)
    throw new RefillError(
      'token-not-new',
      `SLACK_BOT_TOKEN belongs to ${name} (${teamId})${teamId === fromTeamId ? ', where the company is now' : ''}. Install the app in the new workspace, set its token, restart, and run this again.`,
    );
  return { teamId, name, botUserId, botId };
}

/** An active full member by Slack id or e-mail address; null where there is none. */
async function findMember(client: WebClient, who: string): Promise<string | null> {
  try {
    const { user } = who.includes('@')
      ? await client.users.lookupByEmail({ email: who })
      : await client.users.info({ user: who });
    const found = member.safeParse(user).data;
    const isOutside =
      found?.deleted === true ||
      found?.is_bot === true ||
      found?.is_restricted === true ||
      found?.is_ultra_restricted === true ||
      found?.is_stranger === true;
    return found === undefined || isOutside ? null : found.id;
  } catch (error) {
    if (error instanceof WebAPIPlatformError && NOT_THERE.has(error.data.error)) return null;
    throw refused(error);
  }
}

const NOT_THERE = new Set(['users_not_found', 'user_not_found', 'user_not_visible']);

/** E-mail addresses of people in the old workspace: as the directory has them, else as that workspace still tells them. */
async function readEmails(
  deps: Deps,
  companyId: bigint,
  fromTeamId: string,
): Promise<(userId: string) => Promise<string | null>> {
  const members = await deps.db.member.findMany({
    where: { companyId, slackUserId: { not: null }, email: { not: null } },
    orderBy: { id: 'asc' },
  });
  const token = await readToken(deps, fromTeamId);
  const old = token === '' ? null : new WebClient(token, clientOptions(deps.slack.apiUrl, deps.log));
  return async (userId) => {
    const known = members.find(({ slackUserId }) => slackUserId === userId)?.email;
    if (known !== undefined) return known;
    const answer = await old?.users.info({ user: userId }).catch(() => null);
    return answer?.user?.profile?.email ?? null;
  };
}

/** The old workspace's token; empty where it does not open any more, e.g. because it was sealed with itself. */
async function readToken(deps: Deps, teamId: string): Promise<string> {
  const workspace = await findWorkspace(deps, teamId);
  try {
    return workspace?.botToken() ?? '';
  } catch {
    return '';
  }
}

async function ask<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown): RefillError {
  const code = error instanceof WebAPIPlatformError ? error.data.error : 'no answer';
  return new RefillError(
    'slack-refused',
    `Slack did not answer for SLACK_BOT_TOKEN (${code}). Nothing was changed.`,
    {},
    { cause: error },
  );
}
