import { createHash } from 'node:crypto';
import { DAY_MS } from '../../durations.ts';
import type { BooksTx } from './books.ts';
import type { Reply } from './endpoint.ts';
import { keyInUse, keyMisused } from './errors.ts';
import type { Form } from './read-form.ts';

/** Keys are forgotten after a day of the one clock, as the real processor may. */
const KEPT_MS = DAY_MS;

/** A request under an idempotency key. */
export interface KeyedRequest {
  /** Hash of the API key: keys of different accounts never meet. */
  account: string;
  key: string;
  path: string;
  form: Form;
  requestId: string;
}

/** A saved answer, and the id of the request that first got it. */
export interface SavedReply extends Reply {
  firstRequestId: string;
  isSilent: boolean;
}

/**
 * Takes the key for the rest of the transaction and returns the answer saved under it, if any.
 * The key is a lock of the transaction itself, so that a killed processor leaves neither a key in use for ever
 * nor an effect without its saved answer. Throws 409 while another request holds it, 400 when it was first
 * used for something else.
 */
export async function claimKey(
  tx: BooksTx,
  request: KeyedRequest,
  now: Date,
): Promise<SavedReply | undefined> {
  const { rows: locks } = await tx.client.query<{ isFree: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7210)) AS "isFree"',
    [`${request.account} ${request.key}`],
  );
  if (locks[0]?.isFree !== true) throw keyInUse(request.key);
  await tx.client.query(
    'DELETE FROM card_processor.idempotency_key WHERE api_key = $1 AND key = $2 AND created_at <= $3',
    [request.account, request.key, new Date(now.getTime() - KEPT_MS)],
  );
  const { rows } = await tx.client.query<{
    path: string;
    params_hash: string;
    status: number;
    body: unknown;
    silent: boolean;
    request_id: string;
  }>('SELECT * FROM card_processor.idempotency_key WHERE api_key = $1 AND key = $2', [
    request.account,
    request.key,
  ]);
  const saved = rows[0];
  if (saved === undefined) return undefined;
  if (saved.path !== request.path || saved.params_hash !== hashParams(request.form)) {
    throw keyMisused(request.key, saved.path, request.path);
  }
  return { status: saved.status, body: saved.body, isSilent: saved.silent, firstRequestId: saved.request_id };
}

/** Saves the answer under the key, in the transaction that made the effect. */
export async function saveReply(tx: BooksTx, request: KeyedRequest, reply: Reply, now: Date): Promise<void> {
  await tx.client.query(
    `INSERT INTO card_processor.idempotency_key
       (api_key, key, path, params_hash, status, body, silent, request_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      request.account,
      request.key,
      request.path,
      hashParams(request.form),
      reply.status,
      JSON.stringify(reply.body),
      reply.isSilent ?? false,
      request.requestId,
      now,
    ],
  );
}

/** The name under which an API key's idempotency keys are kept; the key itself is not. */
export function accountOf(apiKey: string): string {
  return createHash('sha256').update(apiKey).digest('hex').slice(0, 32);
}

/** Equal for equal parameters, in whatever order they were sent. */
export function hashParams(form: Form): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(form)))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
