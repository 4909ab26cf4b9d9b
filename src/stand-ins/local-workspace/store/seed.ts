/** Writing the seed: again and again at every start, without disturbing what people did since. */

import type { Clock } from '../../../clock.ts';
import { SECOND_MS } from '../../../durations.ts';
import type { Seed, SeedUser } from '../options.ts';
import type { Database, Sql } from './database.ts';

const upsertUser = `
  INSERT INTO slack_user (id, name, real_name, title, email, time_zone, is_bot, is_admin, hue, position)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (id) DO UPDATE SET name = $2, real_name = $3, title = $4, email = $5, time_zone = $6,
    is_bot = $7, is_admin = $8, hue = $9, position = $10`;

/** Hues that lie far apart for neighbours in the list: the golden angle. */
const hueOf = (position: number): number => Math.round(position * 137.5 + 200) % 360;

async function seedUser(sql: Sql, user: SeedUser & { isBot: boolean }, position: number): Promise<void> {
  await sql.query(upsertUser, [
    user.id,
    user.name,
    user.realName,
    user.title,
    user.email,
    user.timeZone ?? 'America/Los_Angeles',
    user.isBot,
    user.isAdmin ?? false,
    hueOf(position),
    position,
  ]);
}

const join = async (sql: Sql, conversationId: string, userId: string): Promise<void> => {
  await sql.query('INSERT INTO slack_membership VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    conversationId,
    userId,
  ]);
};

/** The id of a person's direct conversation with the app: fixed, so that seeding twice makes it once. */
export const directConversationId = (userId: string): string => `D${userId.slice(1)}`;

/** Writes the workspace, its people, their direct conversations with the app, and the channels. */
export async function writeSeed(database: Database, seed: Seed, clock: Clock): Promise<void> {
  const created = Math.floor(clock.now().getTime() / SECOND_MS);
  const { workspace, app } = seed;
  await database.transaction(async (sql) => {
    await sql.query(
      `INSERT INTO slack_workspace (id, name, domain) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET name = $2, domain = $3`,
      [workspace.id, workspace.name, workspace.domain],
    );
    const bot = {
      id: app.botUserId,
      name: app.name.toLowerCase().replaceAll(/\W+/g, ''),
      realName: app.name,
    };
    await seedUser(sql, { ...bot, title: 'App', email: '', isBot: true }, 0);
    for (const [index, user] of seed.users.entries())
      await seedUser(sql, { ...user, isBot: false }, index + 1);
    for (const [index, each] of seed.conversations.entries()) {
      const made = await sql.query<{ isNew: boolean }>(
        `INSERT INTO slack_conversation (id, kind, name, topic, is_private, created, position)
         VALUES ($1, 'channel', $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = $2, topic = $3, is_private = $4, position = $6
         RETURNING xmax = 0 AS "isNew"`,
        [each.id, each.name, each.topic ?? '', each.isPrivate ?? false, created, index],
      );
      // Who has left since, or was removed, stays out.
      if (made[0]?.isNew === true) for (const userId of each.memberIds) await join(sql, each.id, userId);
    }
    for (const user of seed.users) {
      const id = directConversationId(user.id);
      await sql.query(
        `INSERT INTO slack_conversation (id, kind, name, topic, is_private, created, position)
         VALUES ($1, 'dm', $2, '', true, $3, 1000) ON CONFLICT (id) DO UPDATE SET name = $2`,
        [id, app.name, created],
      );
      await join(sql, id, user.id);
      await join(sql, id, app.botUserId);
    }
  });
}
