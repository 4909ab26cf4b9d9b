import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../../org/index.ts';
import { newToken } from '../../token.ts';

const KEY = /^rk_[A-Za-z0-9_-]{32}$/;
const PREFIX_LENGTH = 9;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A new key for POST /v1/usage. It is shown once; only its hash is kept. */
export async function createApiKey(
  deps: { db: Db; clock: Clock },
  of: { companyId: bigint; name: string },
  key = `rk_${newToken(24)}`,
): Promise<{ key: string; prefix: string }> {
  const prefix = key.slice(0, PREFIX_LENGTH);
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await tx.apiKey.create({ data: { ...of, keyHash: hashOf(key), prefix, createdAt: at } });
    await recordAudit(tx, {
      companyId: of.companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'api-key-created',
      details: { prefix, name: of.name },
    });
  });
  return { key, prefix };
}

/** Whose key this is; null for one that is unknown, malformed or revoked. */
export async function findApiKey(db: Db, key: string): Promise<{ companyId: bigint } | null> {
  if (!KEY.test(key)) return null;
  const row = await db.apiKey.findUnique({ where: { keyHash: hashOf(key) } });
  return row === null || row.revokedAt !== null ? null : { companyId: row.companyId };
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
): Promise<{ prefix: string; name: string; createdAt: Date; revokedAt: Date | null }[]> {
  return await db.apiKey.findMany({
    where: { companyId },
    select: { prefix: true, name: true, createdAt: true, revokedAt: true },
    orderBy: { id: 'desc' },
  });
}
