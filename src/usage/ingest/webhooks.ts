import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { recordAudit, type SecretBox } from '../../org/index.ts';

/** A new address for a company's phone system, with the secret it signs with. The secret is shown once. */
export async function createWebhook(
  deps: { db: Db; clock: Clock; secrets: SecretBox },
  companyId: bigint,
): Promise<{ path: string; secret: string }> {
  const token = randomBytes(18).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await tx.usageWebhook.create({
      data: { token, companyId, secretEncrypted: deps.secrets.seal(secret), createdAt: at },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'webhook-created',
      details: {},
    });
  });
  return { path: `/webhooks/dialpad/${token}`, secret };
}
