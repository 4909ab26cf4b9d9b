import type { Tx } from '../../db/index.ts';
import { actorOf, type Person, recordAudit } from '../../org/index.ts';

/** Keeps in the audit who changed which settings in Slack, from what to what (R28). */
export async function recordChange(
  tx: Tx,
  person: Person,
  details: Record<string, string>,
  at: Date,
): Promise<void> {
  await recordAudit(tx, {
    companyId: person.company.id,
    at,
    actor: actorOf(person),
    surface: 'slack',
    action: 'settings-changed',
    details,
  });
}
