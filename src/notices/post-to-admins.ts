import type { Tx } from '../db/index.ts';
import { listCompanyAdmins } from '../org/index.ts';
import type { NoticeFacts } from './facts/index.ts';
import { postNotice } from './post-notice.ts';

/** Puts a notice for each company admin into the outbox, as direct messages; `key` is the same for all of them. */
export async function postToAdmins(
  tx: Tx,
  companyId: bigint,
  notice: { key: string; at: Date; facts: (companyName: string) => NoticeFacts },
): Promise<void> {
  const company = await tx.company.findUniqueOrThrow({
    where: { id: companyId },
    include: { workspace: true },
  });
  if (company.workspace === null) return;
  const { teamId } = company.workspace;
  for (const userId of await listCompanyAdmins(tx, companyId))
    await postNotice(tx, {
      companyId,
      dedupeKey: `${notice.key}:${userId}`,
      facts: notice.facts(company.name),
      to: { teamId, channelId: userId },
      at: notice.at,
    });
}
