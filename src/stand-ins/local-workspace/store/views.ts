/** Modals, stacked per person, and Home tabs (depth -1, one a person). */
import { SECOND_MS } from '../../../durations.ts';
import { type BlockState, type Json, startState } from '../blocks/index.ts';
import type { Block, View } from '../protocol.ts';
import type { Sql } from './database.ts';
import { newId, newSecret } from './ids.ts';

/** How many modals Slack stacks at most. */
export const MAX_STACKED_VIEWS = 3;
const HOME_DEPTH = -1;

/** A view as the app sent it, its blocks completed. */
export type ViewBody = Json & { type: 'modal' | 'home'; blocks: Block[] };

export interface StoredView {
  id: string;
  userId: string;
  depth: number;
  rootViewId: string;
  previousViewId: string | null;
  hash: string;
  body: ViewBody;
  state: BlockState;
}

interface Row {
  id: string;
  user_id: string;
  depth: number;
  root_view_id: string;
  previous_view_id: string | null;
  hash: string;
  body: ViewBody;
  state: BlockState;
}

const fromRow = (row: Row): StoredView => ({
  id: row.id,
  userId: row.user_id,
  depth: row.depth,
  rootViewId: row.root_view_id,
  previousViewId: row.previous_view_id,
  hash: row.hash,
  body: row.body,
  state: row.state,
});

const text = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : null;

/** A modal as the page shows it. */
export const toView = (view: StoredView): View => ({
  id: view.id,
  hash: view.hash,
  callbackId: String(view.body.callback_id ?? ''),
  title: text(view.body.title) ?? '',
  submit: text(view.body.submit),
  close: text(view.body.close),
  blocks: view.body.blocks,
  state: view.state,
});

const externalId = (body: ViewBody): string | null => (body.external_id ? String(body.external_id) : null);
const newHash = (): string => `${Math.floor(Date.now() / SECOND_MS)}.${newSecret(4)}`;

/** This person's modals, bottom first. `lock` holds others off until the transaction ends. */
export async function readStack(sql: Sql, userId: string, lock = false): Promise<StoredView[]> {
  if (lock) await sql.query('SELECT 1 FROM slack_user WHERE id = $1 FOR UPDATE', [userId]);
  const rows = await sql.query<Row>(
    'SELECT * FROM slack_view WHERE user_id = $1 AND depth >= 0 ORDER BY depth',
    [userId],
  );
  return rows.map(fromRow);
}

/** This person's Home tab, or undefined before the app has published one. */
export async function findHome(sql: Sql, userId: string): Promise<StoredView | undefined> {
  const [row] = await sql.query<Row>('SELECT * FROM slack_view WHERE user_id = $1 AND depth = $2', [
    userId,
    HOME_DEPTH,
  ]);
  return row && fromRow(row);
}

/** A view by its id or, failing that, by its external id. */
export async function findView(
  sql: Sql,
  by: { id?: string; externalId?: string },
): Promise<StoredView | undefined> {
  const [row] = await sql.query<Row>(
    'SELECT * FROM slack_view WHERE id = $1 OR external_id = $2 FOR UPDATE',
    [by.id ?? null, by.externalId ?? null],
  );
  return row && fromRow(row);
}

/** Whether another view than this one holds the external id. */
export async function externalIdTaken(sql: Sql, body: ViewBody, viewId = ''): Promise<boolean> {
  const rows = await sql.query('SELECT 1 FROM slack_view WHERE external_id = $1 AND id <> $2', [
    externalId(body),
    viewId,
  ]);
  return rows.length > 0;
}

async function insertView(sql: Sql, userId: string, body: ViewBody, below: StoredView | 'home' | null) {
  const id = newId('V');
  const over = below === 'home' ? null : below;
  const [row] = await sql.query<Row>(
    `INSERT INTO slack_view (id, user_id, depth, root_view_id, previous_view_id, hash, external_id, body, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *`,
    [
      id,
      userId,
      below === 'home' ? HOME_DEPTH : (over?.depth ?? -1) + 1,
      over?.rootViewId ?? id,
      over?.id ?? null,
      newHash(),
      externalId(body),
      JSON.stringify(body),
      JSON.stringify(startState(body.blocks)),
    ],
  );
  if (row === undefined) throw new Error('the view was not written');
  return fromRow(row);
}

/** Opens a modal as the bottom of a new stack; what was open is gone. */
export async function openView(sql: Sql, userId: string, body: ViewBody): Promise<StoredView> {
  await sql.query('DELETE FROM slack_view WHERE user_id = $1 AND depth >= 0', [userId]);
  return insertView(sql, userId, body, null);
}

/** Puts a modal on top of another. */
export const pushView = (sql: Sql, below: StoredView, body: ViewBody): Promise<StoredView> =>
  insertView(sql, below.userId, body, below);

/** Replaces a view's content; inputs whose ids stay keep what was typed, as in Slack. */
export async function rewriteView(sql: Sql, view: StoredView, body: ViewBody): Promise<StoredView> {
  const [row] = await sql.query<Row>(
    `UPDATE slack_view SET hash = $2, external_id = $3, body = $4, state = $5 WHERE id = $1 RETURNING *`,
    [
      view.id,
      newHash(),
      externalId(body),
      JSON.stringify(body),
      JSON.stringify(startState(body.blocks, view.state)),
    ],
  );
  return row ? fromRow(row) : view;
}

/** Publishes a Home tab: the first time a new view, later a new content of it. */
export async function publishHome(sql: Sql, userId: string, body: ViewBody): Promise<StoredView> {
  const home = await findHome(sql, userId);
  return home === undefined ? insertView(sql, userId, body, 'home') : rewriteView(sql, home, body);
}

/** Keeps what a person has typed and chosen. */
export async function keepViewState(sql: Sql, view: StoredView, state: BlockState): Promise<StoredView> {
  await sql.query('UPDATE slack_view SET state = $2 WHERE id = $1', [view.id, JSON.stringify(state)]);
  return { ...view, state };
}

/** Closes the view and all that lie on it. */
export async function closeFrom(sql: Sql, view: StoredView): Promise<void> {
  await sql.query('DELETE FROM slack_view WHERE user_id = $1 AND depth >= $2', [view.userId, view.depth]);
}
