import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { eraseNumbers } from '../../ledger/index.ts';
import { recordAudit } from '../../org/index.ts';

export interface Erasure {
  companyId: bigint;
  /** E.164. */
  number: string;
  reason: string;
}

export interface Erased {
  /** Usage records, each revision counted. */
  records: bigint;
  /** Stored events of calls and messages. */
  events: number;
  /** Usage of the inbox that is not posted yet and needs the number for its price. */
  waiting: number;
}

/**
 * Erases a phone number from a company's usage: from the books, where what was used and paid stays, and from stored events. It
 * stays in usage of the inbox, which cannot be priced without it: accept that, and run it again.
 */
export async function eraseNumber(deps: { db: Db; clock: Clock }, erasure: Erasure): Promise<Erased> {
  const { companyId, number, reason } = erasure;
  const records = await eraseNumbers(deps.db, { companyId, number });
  return await inTransaction(deps.db, async (tx) => {
    const events = await eraseEvents(tx, erasure);
    const waiting = await tx.$queryRaw<{ n: bigint }[]>`
      SELECT count(*) AS n FROM usage_inbox
      WHERE company_id = ${companyId} AND ${number} IN (event->>'externalNumber', event->>'internalNumber')`;
    await recordAudit(tx, {
      companyId,
      at: deps.clock.now(),
      actor: 'operator',
      surface: 'operator',
      action: 'number-erased',
      reason,
      details: { records: Number(records), events },
    });
    return { records, events, waiting: Number(waiting[0]?.n ?? 0n) };
  });
}

async function eraseEvents(tx: Tx, { companyId, number }: Erasure): Promise<number> {
  const legs = await tx.$executeRaw`
    DELETE FROM usage_leg AS leg
    WHERE company_id = ${companyId} AND ${number} IN (event->>'externalNumber', event->>'internalNumber')
      AND NOT EXISTS (SELECT FROM usage_inbox AS item WHERE item.company_id = leg.company_id
        AND item.source = leg.source AND item.external_id = leg.external_id)`;
  const unattributed = await tx.$executeRaw`
    DELETE FROM usage_unattributed
    WHERE company_id = ${companyId} AND ${number} IN (event->>'externalNumber', event->>'internalNumber')`;
  const digits = number.replace('+', '');
  const unread = await tx.$executeRaw`
    UPDATE usage_inbox SET words = replace(words, ${digits}, 'erased'),
      event = jsonb_set(event, '{unread}', to_jsonb(replace(event->>'unread', ${digits}, 'erased')))
    WHERE company_id = ${companyId} AND strpos(event->>'unread', ${digits}) > 0`;
  return legs + unattributed + unread;
}
