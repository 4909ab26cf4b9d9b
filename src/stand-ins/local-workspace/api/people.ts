/** users.*, bots.*, team.*, auth.*, apps.*: who is here, and who asks. */

import { utcOffsetMs } from '../../../calendar.ts';
import { SECOND_MS } from '../../../durations.ts';
import type { Json } from '../blocks/index.ts';
import { SlackError } from '../slack-error.ts';
import { findPerson, type Person, readPeople } from '../store/people.ts';
import type { Workspace } from '../workspace.ts';
import { type Call, forBot, type Method, page, requiredArg, textArg } from './method.ts';

function output(workspace: Workspace, person: Person): Json {
  const now = workspace.clock.now();
  const standing = workspace.seed.users.find(({ id }) => id === person.id)?.standing ?? 'member';
  return {
    id: person.id,
    team_id: workspace.seed.workspace.id,
    name: person.name,
    deleted: standing === 'deactivated',
    real_name: person.realName,
    tz: person.timeZone,
    tz_label: person.timeZone,
    tz_offset: utcOffsetMs(now, person.timeZone) / SECOND_MS,
    profile: {
      title: person.title,
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      ...(workspace.scopes.has('users:read.email') && person.email !== '' ? { email: person.email } : {}),
      team: workspace.seed.workspace.id,
    },
    is_admin: person.isAdmin,
    is_owner: false,
    is_restricted: standing === 'guest',
    is_ultra_restricted: false,
    is_bot: person.isBot,
    is_app_user: false,
    ...(standing === 'stranger' ? { is_stranger: true } : {}),
    updated: 0,
  };
}

async function userInfo({ workspace, args }: Call): Promise<Json> {
  const person = await findPerson(workspace.database, requiredArg(args, 'user'));
  if (person === undefined) throw new SlackError('user_not_found');
  return { user: output(workspace, person) };
}

async function userList({ workspace, args }: Call): Promise<Json> {
  const { items, ...rest } = page(args, await readPeople(workspace.database));
  return { members: items.map((person) => output(workspace, person)), ...rest };
}

async function userByEmail({ workspace, args }: Call): Promise<Json> {
  const email = requiredArg(args, 'email').toLowerCase();
  const person = (await readPeople(workspace.database)).find((each) => each.email.toLowerCase() === email);
  if (person === undefined) throw new SlackError('users_not_found');
  return { user: output(workspace, person) };
}

async function botInfo({ workspace, args }: Call): Promise<Json> {
  const { app } = workspace.seed;
  if ((textArg(args, 'bot') ?? app.botId) !== app.botId) throw new SlackError('bot_not_found');
  return {
    bot: {
      id: app.botId,
      deleted: false,
      name: app.name,
      app_id: app.id,
      user_id: app.botUserId,
      updated: 0,
    },
  };
}

async function teamInfo({ workspace }: Call): Promise<Json> {
  const { id, name, domain } = workspace.seed.workspace;
  return { team: { id, name, domain, email_domain: '', icon: { image_default: true } } };
}

async function authTest({ workspace, token }: Call): Promise<Json> {
  const { workspace: team, app } = workspace.seed;
  if (token === 'app') return { app_name: app.name, app_id: app.id };
  const bot = await findPerson(workspace.database, app.botUserId);
  return {
    url: `${workspace.addresses.page}/`,
    team: team.name,
    user: bot?.name ?? app.name,
    team_id: team.id,
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: false,
  };
}

export const peopleMethods: Record<string, Method> = {
  'users.info': forBot(['users:read'], userInfo),
  'users.list': forBot(['users:read'], userList),
  'users.lookupByEmail': forBot(['users:read.email'], userByEmail),
  'bots.info': forBot(['users:read'], botInfo),
  'team.info': forBot(['team:read'], teamInfo),
  'auth.test': { token: 'any', scopes: [], run: authTest },
};
