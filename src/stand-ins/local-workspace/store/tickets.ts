/** Things the app may use for a short time: trigger ids (once, as long as Slack waits for an app) and response urls (5 times, 30 minutes). */

import { randomInt } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import { DAY_MS, MINUTE_MS } from '../../../durations.ts';
import { SlackError } from '../slack-error.ts';
import type { Workspace } from '../workspace.ts';
import type { Sql } from './database.ts';
import { microsFromTs, newSecret, tsFromMicros } from './ids.ts';

const RESPONSE_URL_LIFE_MS = 30 * MINUTE_MS;
const RESPONSE_URL_USES = 5;

const after = (clock: Clock, ms: number): Date => new Date(clock.now().getTime() + ms);

/** A trigger for this person's act; `viewId` when the act was in a modal. */
export async function newTrigger(
  { database: sql, clock, appTimeoutMs }: Pick<Workspace, 'database' | 'clock' | 'appTimeoutMs'>,
  userId: string,
  viewId?: string,
): Promise<string> {
  const id = `${randomInt(1e9, 1e10)}.${randomInt(1e9, 1e10)}.${newSecret()}`;
  await sql.query('DELETE FROM slack_trigger WHERE expires_at < $1', [after(clock, -DAY_MS)]);
  await sql.query('INSERT INTO slack_trigger (id, user_id, view_id, expires_at) VALUES ($1, $2, $3, $4)', [
    id,
    userId,
    viewId ?? null,
    after(clock, appTimeoutMs),
  ]);
  return id;
}

/**
 * Takes a trigger for good.
 * @returns whose act it was, and the modal it happened in
 * @throws SlackError `invalid_trigger_id`, `expired_trigger_id`, `exchanged_trigger_id`
 */
export async function exchangeTrigger(
  sql: Sql,
  clock: Clock,
  id: string,
): Promise<{ userId: string; viewId: string | null }> {
  const [row] = await sql.query<{
    user_id: string;
    view_id: string | null;
    expires_at: Date;
    exchanged: boolean;
  }>('SELECT user_id, view_id, expires_at, exchanged FROM slack_trigger WHERE id = $1 FOR UPDATE', [id]);
  if (row === undefined) throw new SlackError('invalid_trigger_id');
  if (row.exchanged) throw new SlackError('exchanged_trigger_id');
  if (row.expires_at < clock.now()) throw new SlackError('expired_trigger_id');
  await sql.query('UPDATE slack_trigger SET exchanged = true WHERE id = $1', [id]);
  return { userId: row.user_id, viewId: row.view_id };
}

export interface ResponseUrl {
  conversationId: string;
  userId: string;
  /** The message that was acted on; null after a command. */
  messageTs: string | null;
}

/** The last part of a response url. */
export async function newResponseUrl(sql: Sql, clock: Clock, url: ResponseUrl): Promise<string> {
  const id = newSecret(12);
  await sql.query(
    'INSERT INTO slack_response_url (id, conversation_id, user_id, message_ts, expires_at) VALUES ($1, $2, $3, $4, $5)',
    [
      id,
      url.conversationId,
      url.userId,
      url.messageTs === null ? null : microsFromTs(url.messageTs),
      after(clock, RESPONSE_URL_LIFE_MS),
    ],
  );
  return id;
}

/**
 * Counts one use of a response url.
 * @throws SlackError `expired_url` (unknown or too old), `used_url` (five times used)
 */
export async function claimResponseUrl(sql: Sql, clock: Clock, id: string): Promise<ResponseUrl> {
  const [row] = await sql.query<{
    conversation_id: string;
    user_id: string;
    message_ts: string | null;
    uses: number;
    expires_at: Date;
  }>('UPDATE slack_response_url SET uses = uses + 1 WHERE id = $1 RETURNING *', [id]);
  if (row === undefined || row.expires_at < clock.now()) throw new SlackError('expired_url');
  if (row.uses > RESPONSE_URL_USES) throw new SlackError('used_url');
  return {
    conversationId: row.conversation_id,
    userId: row.user_id,
    messageTs: row.message_ts === null ? null : tsFromMicros(row.message_ts),
  };
}
