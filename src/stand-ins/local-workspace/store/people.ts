/** Reading people and conversations. */
import type { Conversation, WorkspaceUser } from '../protocol.ts';
import type { Sql } from './database.ts';

export interface Person extends WorkspaceUser {
  email: string;
  timeZone: string;
  isAdmin: boolean;
}

export interface ConversationRow extends Conversation {
  isPrivate: boolean;
  isArchived: boolean;
  /** Seconds since the epoch. */
  created: number;
}

const PERSON = `id, name, real_name AS "realName", title, is_bot AS "isBot", hue, email,
  time_zone AS "timeZone", is_admin AS "isAdmin"`;

/** Everybody, the app's bot user first. */
export const readPeople = (sql: Sql): Promise<Person[]> =>
  sql.query<Person>(`SELECT ${PERSON} FROM slack_user ORDER BY position`);

/** One person by id, or undefined. */
export const findPerson = async (sql: Sql, id: string): Promise<Person | undefined> =>
  (await sql.query<Person>(`SELECT ${PERSON} FROM slack_user WHERE id = $1`, [id]))[0];

const COLUMNS = `c.id, c.kind, c.name, c.topic, c.is_private AS "isPrivate", c.is_archived AS "isArchived", c.created::int AS created,
  ARRAY(SELECT m.user_id FROM slack_membership m JOIN slack_user u ON u.id = m.user_id
        WHERE m.conversation_id = c.id ORDER BY u.position) AS "memberIds"`;

/** All conversations: channels in seeded order, then direct ones. */
export const listConversations = (sql: Sql): Promise<ConversationRow[]> =>
  sql.query<ConversationRow>(`SELECT ${COLUMNS} FROM slack_conversation c ORDER BY c.position, c.id`);

/** One conversation by id, or undefined. */
export const findConversation = async (sql: Sql, id: string): Promise<ConversationRow | undefined> =>
  (await sql.query<ConversationRow>(`SELECT ${COLUMNS} FROM slack_conversation c WHERE c.id = $1`, [id]))[0];

/** Adds a member; nothing happens when already one. */
export async function joinConversation(sql: Sql, conversationId: string, userId: string): Promise<void> {
  await sql.query('INSERT INTO slack_membership VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    conversationId,
    userId,
  ]);
}

/** Ends a membership; nothing happens where there is none. */
export async function leaveConversation(sql: Sql, conversationId: string, userId: string): Promise<void> {
  await sql.query('DELETE FROM slack_membership WHERE conversation_id = $1 AND user_id = $2', [
    conversationId,
    userId,
  ]);
}

/** Archives a channel: it stays readable to the API, and nobody posts there. */
export async function archiveConversation(sql: Sql, conversationId: string): Promise<void> {
  await sql.query('UPDATE slack_conversation SET is_archived = true WHERE id = $1', [conversationId]);
}

/** A conversation as its member knows it: without what only the API tells. */
const toConversation = ({ id, kind, name, topic, memberIds }: ConversationRow): Conversation => ({
  id,
  kind,
  name,
  topic,
  memberIds,
});

/** The conversations that a person is a member of; archived ones are not listed. */
export async function readConversations(sql: Sql, userId: string): Promise<Conversation[]> {
  return (await listConversations(sql))
    .filter(({ memberIds, isArchived }) => !isArchived && memberIds.includes(userId))
    .map(toConversation);
}
