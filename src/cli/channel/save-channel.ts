import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { NOTICE_TOPICS, resendFailed } from '../../notices/index.ts';
import { recordAudit } from '../../org/index.ts';

const KINDS: readonly string[] = ['any', ...NOTICE_TOPICS];

/**
 * Chooses the channel of a company's workspace in which a kind of notice is posted (`any`: all without their own), and says
 * there what could not be said lately.
 * Throws RefillError `bad-argument` for a channel or kind that cannot be, and `no-workspace`.
 */
export async function saveChannel(
  db: Db,
  choice: { companyId: bigint; channelId: string; kind: string; at: Date },
): Promise<void> {
  const { companyId, channelId, kind, at } = choice;
  if (!/^[CG][A-Z0-9]{6,}$/.test(channelId)) {
    throw new RefillError('bad-argument', `A channel's id is like C0123456789, not "${channelId}".`);
  }
  if (!KINDS.includes(kind))
    throw new RefillError('bad-argument', `--kind is one of ${KINDS.join(', ')}, not "${kind}".`);
  const workspace = await db.workspace.findUnique({ where: { companyId } });
  if (workspace === null) {
    throw new RefillError(
      'no-workspace',
      'This company has no Slack workspace yet. Link it first: refill company link-code',
    );
  }
  const { teamId } = workspace;
  await inTransaction(db, async (tx) => {
    await tx.noticeChannel.upsert({
      where: { companyId_kind: { companyId, kind } },
      create: { companyId, kind, teamId, channelId },
      update: { teamId, channelId },
    });
    await resendFailed(tx, companyId, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'notice-channel-set',
      details: { kind, channelId },
    });
  });
}
