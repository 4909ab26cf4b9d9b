import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { checkSecretKey, placeOf, recordAudit, type SecretBox } from '../../org/index.ts';
import { newToken } from '../../token.ts';

const pathOf = (token: string): string => `/webhooks/dialpad/${token}`;

/** What a webhook's sealed secret is bound to. */
export const secretPlace = (token: string): string => placeOf('usage_webhook', 'secret_encrypted', token);

/** A new address for a company's phone system, with the secret it signs with. The secret is shown once. */
export async function createWebhook(
  deps: { db: Db; clock: Clock; secrets: SecretBox },
  companyId: bigint,
  { name = null, expiresAt = null }: { name?: string | null; expiresAt?: Date | null } = {},
): Promise<{ path: string; secret: string }> {
  await checkSecretKey(deps.db, deps.secrets);
  const token = newToken();
  const secret = newToken(32);
  const at = deps.clock.now();
  if (expiresAt !== null && expiresAt <= at)
    throw new RefillError('bad-argument', '--expires is over already: name a later day.');
  await inTransaction(deps.db, async (tx) => {
    await tx.usageWebhook.create({
      data: {
        token,
        companyId,
        secretEncrypted: deps.secrets.seal(secret, secretPlace(token)),
        createdAt: at,
        name,
        expiresAt,
      },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'webhook-created',
      details: { name, expiresAt: expiresAt?.toISOString() ?? null },
    });
  });
  return { path: pathOf(token), secret };
}

/** An address as the operator sees it; the last three to the minute, and null where there is none. */
interface ListedWebhook {
  path: string;
  name: string | null;
  createdAt: Date;
  revokedAt: Date | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  refusedAt: Date | null;
}

/** A company's addresses, the oldest first, without their secrets. */
export async function listWebhooks(db: Db, companyId: bigint): Promise<ListedWebhook[]> {
  const rows = await db.usageWebhook.findMany({ where: { companyId }, orderBy: { createdAt: 'asc' } });
  return rows.map(({ token, name, createdAt, revokedAt, expiresAt, lastUsedAt, refusedAt }) => ({
    path: pathOf(token),
    name,
    createdAt,
    revokedAt,
    expiresAt,
    lastUsedAt,
    refusedAt,
  }));
}

/**
 * Ends an address and its secret at once, given whole or by its path; what it brought stays.
 * Throws RefillError `webhook-unknown`.
 */
export async function revokeWebhook(
  deps: { db: Db; clock: Clock },
  of: { companyId: bigint; address: string },
): Promise<void> {
  const { companyId, address } = of;
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const token = address.split('/').at(-1) ?? '';
    const { count } = await tx.usageWebhook.updateMany({
      where: { companyId, token, revokedAt: null },
      data: { revokedAt: at },
    });
    if (count === 0)
      throw new RefillError('webhook-unknown', `Company ${companyId} has no good webhook at ${address}.`);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'webhook-revoked',
      details: {},
    });
  });
}
