import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, Prisma, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit, requireNotClosed } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { type CaptureMode, captureMode } from '../holds/capture-mode.ts';
import { type RatingState, ratingStateOf } from './prepare-rating.ts';
import { API_SOURCE } from './usage-sources.ts';

const KEY = /^rk_[A-Za-z0-9_-]{32}$/;
const PREFIX_LENGTH = 9;

/** What a key may do: send usage, hold credits before a call, read records, balances and orders. */
export const apiScope = z.enum([
  'usage:write',
  'usage:read',
  'holds:write',
  'balance:read',
  'statement:read',
  'orders:read',
  'limits:read',
]);
export type ApiScope = z.output<typeof apiScope>;

/** Whose a key is, and what it may do. */
export interface ApiKey {
  companyId: bigint;
  scopes: readonly ApiScope[];
  /** How its captures end a hold; null without `holds:write`. */
  capture: CaptureMode | null;
  /** How many requests a second it may send; null: as many as the environment says. */
  requestsPerSecond: number | null;
  /** From then on it is refused; null: never. */
  expiresAt: Date | null;
}

/** A key that a request came with, and how far what this process remembers of its company is current. */
export interface KnownKey extends ApiKey {
  keyHash: string;
  rating: RatingState;
}

type KeyRow = Omit<KnownKey, 'scopes' | 'capture' | 'keyHash' | 'rating'> &
  RatingState & { scopes: string[]; capture: string | null; revokedAt: Date | null };

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/**
 * A new key for the API, by default for POST /v1/usage alone. It is shown once; only its hash is kept. A key that holds
 * credits says how its captures end a hold. Throws RefillError `bad-argument`.
 */
export async function createApiKey(
  deps: { db: Db; clock: Clock },
  {
    scopes = ['usage:write'],
    capture = null,
    requestsPerSecond = null,
    expiresAt = null,
    ...of
  }: Pick<ApiKey, 'companyId'> & Partial<Omit<ApiKey, 'companyId'>> & { name: string },
  key = `rk_${newToken(24)}`,
): Promise<{ key: string; prefix: string }> {
  if (scopes.includes('holds:write') !== (capture !== null))
    throw new RefillError(
      'bad-argument',
      'A key with holds:write needs --capture posts (a capture carries the usage record and posts it) or --capture frees (the record comes another way); other keys capture nothing.',
    );
  const at = deps.clock.now();
  if (expiresAt !== null && expiresAt <= at)
    throw new RefillError('bad-argument', '--expires is over already: name a later day.');
  const limits = { requestsPerSecond, expiresAt };
  return await inTransaction(deps.db, (tx) => storeKey(tx, { ...of, scopes, capture, ...limits }, key, at));
}

async function storeKey(
  tx: Tx,
  { scopes, ...of }: ApiKey & { name: string },
  key: string,
  at: Date,
): Promise<{ key: string; prefix: string }> {
  const { capture, requestsPerSecond, expiresAt } = of;
  const prefix = key.slice(0, PREFIX_LENGTH);
  await tx.apiKey.create({
    data: { ...of, scopes: [...new Set(scopes)], keyHash: hashOf(key), prefix, createdAt: at },
  });
  await recordAudit(tx, {
    companyId: of.companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'api-key-created',
    details: {
      prefix,
      name: of.name,
      scopes: [...scopes].join(' '),
      capture,
      requestsPerSecond,
      expiresAt: expiresAt?.toISOString() ?? null,
    },
  });
  return { key, prefix };
}

/**
 * A new key with the name and the rights of another, which is good until `oldUntil` from then on, or until it expires by itself
 * before that; the new one expires as `expiresAt` says. Throws RefillError `api-key-unknown`.
 */
export async function rotateApiKey(
  deps: { db: Db; clock: Clock },
  of: { companyId: bigint; prefix: string; expiresAt: Date | null },
  oldUntil: Date,
): Promise<{ key: string; prefix: string; oldUntil: Date }> {
  const at = deps.clock.now();
  const { companyId, prefix, expiresAt } = of;
  return await inTransaction(deps.db, async (tx) => {
    const old = await tx.apiKey.findFirst({
      where: { companyId, prefix, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] },
    });
    if (old === null) throw unknownKey(companyId, prefix);
    const until = old.expiresAt !== null && old.expiresAt < oldUntil ? old.expiresAt : oldUntil;
    await tx.apiKey.update({ where: { keyHash: old.keyHash }, data: { expiresAt: until } });
    const { name, requestsPerSecond } = old;
    const rights = { ...readRights(old), requestsPerSecond, expiresAt };
    const made = await storeKey(tx, { companyId, name, ...rights }, `rk_${newToken(24)}`, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'api-key-rotated',
      details: { prefix, to: made.prefix, oldUntil: until.toISOString() },
    });
    return { ...made, oldUntil: until };
  });
}

function unknownKey(companyId: bigint, prefix: string): RefillError {
  return new RefillError(
    'api-key-unknown',
    `Company ${companyId} has no good key that begins with ${prefix}. See: refill api-key list`,
  );
}

/**
 * Whose key this is, which may have expired; null for one that is unknown, malformed or revoked. Throws RefillError `company-closed`
 * for a key that ended with its company.
 */
export async function findApiKey(db: Db, key: string): Promise<KnownKey | null> {
  if (!KEY.test(key)) return null;
  const keyHash = hashOf(key);
  // Asked before every request and never remembered, so that a revoked key is refused from the next one on.
  const [row] = await db.$queryRaw<KeyRow[]>(Prisma.sql`/* prepared: find-api-key */ SELECT
      api_key.company_id AS "companyId", scopes, capture, requests_per_second AS "requestsPerSecond",
      expires_at AS "expiresAt", revoked_at AS "revokedAt",
      ${ratingStateOf(Prisma.sql`api_key.company_id`, API_SOURCE)}
    FROM api_key WHERE key_hash = ${keyHash}`);
  if (row === undefined) return null;
  const { companyId, requestsPerSecond, expiresAt, revokedAt, directory, newestDeck, hasInbox } = row;
  if (revokedAt !== null) {
    await requireNotClosed(db, companyId);
    return null;
  }
  const rating = { directory, newestDeck, hasInbox };
  return { companyId, keyHash, requestsPerSecond, expiresAt, rating, ...readRights(row) };
}

/** Ends a key at once. Throws RefillError `api-key-unknown`. */
export async function revokeApiKey(
  deps: { db: Db; clock: Clock },
  of: { companyId: bigint; prefix: string },
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const { count } = await tx.apiKey.updateMany({
      where: { ...of, revokedAt: null },
      data: { revokedAt: at },
    });
    if (count === 0) throw unknownKey(of.companyId, of.prefix);
    await recordAudit(tx, {
      companyId: of.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'api-key-revoked',
      details: { prefix: of.prefix },
    });
  });
}

/** A company's keys, the newest first, without what only their holders know. */
export async function listApiKeys(
  db: Db,
  companyId: bigint,
): Promise<
  (Omit<ApiKey, 'companyId'> & {
    prefix: string;
    name: string;
    createdAt: Date;
    revokedAt: Date | null;
    lastUsedAt: Date | null;
  })[]
> {
  const rows = await db.apiKey.findMany({
    where: { companyId },
    select: {
      prefix: true,
      name: true,
      scopes: true,
      capture: true,
      createdAt: true,
      revokedAt: true,
      expiresAt: true,
      requestsPerSecond: true,
      lastUsedAt: true,
    },
    orderBy: { id: 'desc' },
  });
  return rows.map((row) => ({ ...row, ...readRights(row) }));
}

function readRights(row: { scopes: string[]; capture: string | null }): Pick<ApiKey, 'scopes' | 'capture'> {
  return { scopes: z.array(apiScope).parse(row.scopes), capture: captureMode.nullable().parse(row.capture) };
}
