/** Messages, those for everybody and those for one person only. */
import type { Clock } from '../../../clock.ts';
import type { BlockState, Json } from '../blocks/index.ts';
import { startState } from '../blocks/index.ts';
import type { Block, Message } from '../protocol.ts';
import type { Sql } from './database.ts';
import { microsFromTs, tsFromMicros } from './ids.ts';

export interface StoredMessage extends Message {
  /** The only person who sees it; null when all members do. */
  onlyFor: string | null;
  editedTs: string | null;
  state: BlockState;
  metadata: Json | null;
}

interface Row {
  conversation_id: string;
  ts: string;
  user_id: string;
  text: string;
  blocks: Block[];
  state: BlockState;
  edited_ts: string | null;
  only_for: string | null;
  thread_ts: string | null;
  files: Message['files'];
  metadata: Json | null;
}

const fromRow = (row: Row): StoredMessage => ({
  conversationId: row.conversation_id,
  ts: tsFromMicros(row.ts),
  userId: row.user_id,
  text: row.text,
  blocks: row.blocks,
  edited: row.edited_ts !== null,
  ephemeral: row.only_for !== null,
  threadTs: row.thread_ts === null ? null : tsFromMicros(row.thread_ts),
  files: row.files,
  onlyFor: row.only_for,
  editedTs: row.edited_ts === null ? null : tsFromMicros(row.edited_ts),
  state: row.state,
  metadata: row.metadata,
});

/** A message as the page shows it. */
export const toMessage = ({ onlyFor, editedTs, state, metadata, ...message }: StoredMessage): Message =>
  message;

/** A timestamp that no message of the workspace has had, not before the clock's time. */
export async function nextTs(sql: Sql, clock: Clock): Promise<string> {
  const now = BigInt(clock.now().getTime()) * 1000n;
  const [row] = await sql.query<{ last_ts: string }>(
    'UPDATE slack_workspace SET last_ts = greatest(last_ts + 1, $1) RETURNING last_ts',
    [String(now)],
  );
  return tsFromMicros(row?.last_ts ?? now);
}

export interface NewMessage {
  conversationId: string;
  userId: string;
  text: string;
  blocks: readonly Json[];
  onlyFor?: string;
  threadTs?: string;
  files?: Message['files'];
  metadata?: Json;
}

/** Writes a message with the next timestamp. */
export async function insertMessage(sql: Sql, clock: Clock, message: NewMessage): Promise<StoredMessage> {
  const ts = await nextTs(sql, clock);
  const [row] = await sql.query<Row>(
    `INSERT INTO slack_message (conversation_id, ts, user_id, text, blocks, state, only_for, thread_ts, files, metadata)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING *`,
    [
      message.conversationId,
      microsFromTs(ts),
      message.userId,
      message.text,
      JSON.stringify(message.blocks),
      JSON.stringify(startState(message.blocks)),
      message.onlyFor ?? null,
      message.threadTs === undefined ? null : microsFromTs(message.threadTs),
      JSON.stringify(message.files ?? []),
      message.metadata === undefined ? null : JSON.stringify(message.metadata),
    ],
  );
  if (row === undefined) throw new Error('the message was not written');
  return fromRow(row);
}

/** One message, or undefined. */
export async function findMessage(
  sql: Sql,
  conversationId: string,
  ts: string,
): Promise<StoredMessage | undefined> {
  const micros = microsFromTs(ts);
  if (micros === undefined) return undefined;
  const [row] = await sql.query<Row>('SELECT * FROM slack_message WHERE conversation_id = $1 AND ts = $2', [
    conversationId,
    micros,
  ]);
  return row && fromRow(row);
}

/** The messages of a conversation that this person sees, oldest first. */
export async function readMessages(
  sql: Sql,
  conversationId: string,
  userId: string,
): Promise<StoredMessage[]> {
  const rows = await sql.query<Row>(
    `SELECT * FROM slack_message WHERE conversation_id = $1 AND (only_for IS NULL OR only_for = $2) ORDER BY ts`,
    [conversationId, userId],
  );
  return rows.map(fromRow);
}

/** Replaces text and blocks and marks the message as edited at this ts. */
export async function rewriteMessage(
  sql: Sql,
  message: StoredMessage,
  to: { text: string; blocks: readonly Json[]; editedTs: string },
): Promise<StoredMessage> {
  const [row] = await sql.query<Row>(
    `UPDATE slack_message SET text = $3, blocks = $4, state = $5, edited_ts = $6
     WHERE conversation_id = $1 AND ts = $2 RETURNING *`,
    [
      message.conversationId,
      microsFromTs(message.ts),
      to.text,
      JSON.stringify(to.blocks),
      JSON.stringify(startState(to.blocks, message.state)),
      microsFromTs(to.editedTs),
    ],
  );
  return row ? fromRow(row) : message;
}

/** Keeps what a person chose in a message's inputs. */
export async function keepMessageState(sql: Sql, message: StoredMessage, state: BlockState): Promise<void> {
  await sql.query('UPDATE slack_message SET state = $3 WHERE conversation_id = $1 AND ts = $2', [
    message.conversationId,
    microsFromTs(message.ts),
    JSON.stringify(state),
  ]);
}

/** @returns whether there was such a message */
export async function deleteMessage(sql: Sql, conversationId: string, ts: string): Promise<boolean> {
  const rows = await sql.query(
    'DELETE FROM slack_message WHERE conversation_id = $1 AND ts = $2 RETURNING ts',
    [conversationId, microsFromTs(ts) ?? null],
  );
  return rows.length > 0;
}
