import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { type CaptureMode, captureMode } from '../holds/capture-mode.ts';

const KEY = /^rk_[A-Za-z0-9_-]{32}$/;
const PREFIX_LENGTH = 9;

/** What a key may do: send usage, hold credits for it before it happens, read what became of them. */
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
}

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
    ...of
  }: Pick<ApiKey, 'companyId'> & Partial<Omit<ApiKey, 'companyId'>> & { name: string },
  key = `rk_${newToken(24)}`,
): Promise<{ key: string; prefix: string }> {
  if (scopes.includes('holds:write') !== (capture !== null))
    throw new RefillError(
      'bad-argument',
      'A key with holds:write needs --capture posts (a capture carries the usage record and posts it) or --capture frees (the record comes another way); other keys capture nothing.',
    );
  const prefix = key.slice(0, PREFIX_LENGTH);
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await tx.apiKey.create({
      data: { ...of, scopes: [...new Set(scopes)], capture, keyHash: hashOf(key), prefix, createdAt: at },
    });
    await recordAudit(tx, {
      companyId: of.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'api-key-created',
      details: { prefix, name: of.name, scopes: [...scopes].join(' '), capture },
    });
  });
  return { key, prefix };
}

/** Whose key this is; null for one that is unknown, malformed or revoked. */
export async function findApiKey(db: Db, key: string): Promise<ApiKey | null> {
  if (!KEY.test(key)) return null;
  const row = await db.apiKey.findUnique({ where: { keyHash: hashOf(key) } });
  return row === null || row.revokedAt !== null ? null : { companyId: row.companyId, ...readRights(row) };
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
    if (count === 0)
      throw new RefillError(
        'api-key-unknown',
        `Company ${of.companyId} has no key that begins with ${of.prefix}.`,
      );
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
  (Omit<ApiKey, 'companyId'> & { prefix: string; name: string; createdAt: Date; revokedAt: Date | null })[]
> {
  const rows = await db.apiKey.findMany({
    where: { companyId },
    select: { prefix: true, name: true, scopes: true, capture: true, createdAt: true, revokedAt: true },
    orderBy: { id: 'desc' },
  });
  return rows.map((row) => ({ ...row, ...readRights(row) }));
}

function readRights(row: { scopes: string[]; capture: string | null }): Omit<ApiKey, 'companyId'> {
  return { scopes: z.array(apiScope).parse(row.scopes), capture: captureMode.nullable().parse(row.capture) };
}
