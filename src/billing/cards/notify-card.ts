import type { Tx } from '../../db/index.ts';
import { postNotice } from '../../notices/index.ts';
import { type AuditAction, readActor, recordAudit } from '../../org/index.ts';
import type { CardRow } from '../orders/card.ts';
import type { CheckRow } from './card.ts';

export type CardEvent = 'to_confirm' | 'confirmed' | 'locked' | 'failed' | 'expired';

/** Says in the channel how the check of a card stands, in one message that follows its story. */
export async function notifyCard(
  tx: Tx,
  card: CardRow,
  check: Pick<CheckRow, 'id' | 'token'>,
  event: CardEvent,
  at: Date,
  failed: { failureCode: string; waiting: readonly string[] } | null = null,
): Promise<void> {
  await postNotice(tx, {
    companyId: card.companyId,
    dedupeKey: `card-check:${check.id}`,
    at,
    facts: {
      kind: 'card',
      event,
      brand: card.brand,
      last4: card.last4,
      byUserId: readActor(card.addedBy).userId,
      token: check.token,
      failureCode: failed?.failureCode ?? null,
      waiting: [...(failed?.waiting ?? [])],
    },
  });
}

/** Keeps who did what to which card (R28); never the amount of a check. */
export async function auditCard(
  tx: Tx,
  card: CardRow,
  action: AuditAction,
  by: { actor: string; surface: 'slack' | 'operator'; at: Date },
): Promise<void> {
  await recordAudit(tx, {
    companyId: card.companyId,
    ...by,
    action,
    details: { card: card.id.toString(), brand: card.brand, last4: card.last4 },
  });
}
