import type { Queryable, Tx } from '../../db/index.ts';
import { enqueue } from '../../queue/index.ts';

export type InvoiceFileRow = NonNullable<Awaited<ReturnType<Queryable['invoiceFile']['findUnique']>>>;

/** Has the file of an invoice go with its notice, once, in the transaction of the notice. */
export async function askForNoticeFile(
  tx: Tx,
  invoice: { companyId: bigint; id: bigint },
  { channelId, at }: { channelId: string; at: Date },
): Promise<void> {
  const [asked] = await tx.$queryRaw<{ id: bigint }[]>`
    INSERT INTO invoice_file (company_id, invoice_id, dedupe_key, state, next_attempt_at, asked_at)
    VALUES (${invoice.companyId}, ${invoice.id}, ${`${invoice.id}:notice`}, 'pending', ${at}, ${at})
    ON CONFLICT (company_id, dedupe_key) DO NOTHING
    RETURNING id`;
  // Behind the notice, in the queue of its channel.
  if (asked !== undefined)
    await enqueueFile(tx, { companyId: invoice.companyId, id: asked.id }, `channel:${channelId}`);
}

/** Has the file of an invoice sent to a person. While it is on its way asking again changes nothing. */
export async function askForOwnFile(
  tx: Tx,
  invoice: { companyId: bigint; id: bigint },
  to: { teamId: string; userId: string },
  at: Date,
): Promise<void> {
  const key = `${invoice.id}:${to.teamId}/${to.userId}`;
  const [asked] = await tx.$queryRaw<{ id: bigint }[]>`
    INSERT INTO invoice_file AS f
      (company_id, invoice_id, dedupe_key, team_id, user_id, state, next_attempt_at, asked_at)
    VALUES (${invoice.companyId}, ${invoice.id}, ${key}, ${to.teamId}, ${to.userId}, 'pending', ${at}, ${at})
    ON CONFLICT (company_id, dedupe_key) DO UPDATE
      SET state = 'pending', channel_id = NULL, message_ts = NULL, file_id = NULL, attempts = 0,
          next_attempt_at = excluded.next_attempt_at, last_error = NULL, asked_at = excluded.asked_at, sent_at = NULL
      WHERE f.state IN ('sent', 'failed')
    RETURNING id`;
  if (asked !== undefined) await enqueueFile(tx, { companyId: invoice.companyId, id: asked.id });
}

export async function enqueueFile(
  tx: Queryable,
  { companyId, id }: { companyId: bigint; id: bigint },
  queue = `invoice-file:${companyId}:${id}`,
): Promise<void> {
  const options = { queue, key: `${companyId}:${id}` };
  await enqueue(tx, 'send-invoice-file', { companyId, fileId: id }, options);
}
