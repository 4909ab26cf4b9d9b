/** One command or interaction to the app: recorded, sent, its outcome recorded. */
import type { Json } from '../blocks/index.ts';
import type { Workspace } from '../workspace.ts';
import type { Envelope, Reply } from './deliver.ts';

/** Sends; a waiting `duplicate-delivery` fault makes the same thing arrive twice at once (the first answer counts). */
export async function sendInteraction(
  workspace: Workspace,
  kind: Envelope['kind'],
  body: Json,
): Promise<Reply> {
  const { database, deliverer, clock, faults } = workspace;
  const [row] = await database.query<{ id: string }>(
    `INSERT INTO slack_delivery (kind, body, state, attempts, at) VALUES ($1, $2, 'sent', 1, $3) RETURNING id`,
    [kind, JSON.stringify(body), clock.now()],
  );
  if (faults.takeDuplicate()) void deliverer.send({ kind, body });
  const reply = await deliverer.send({ kind, body });
  await database.query('UPDATE slack_delivery SET state = $2, outcome = $3 WHERE id = $1', [
    row?.id,
    reply.outcome === 'acknowledged' ? 'done' : 'failed',
    reply.outcome === 'status' ? `status ${reply.status}` : reply.outcome,
  ]);
  return reply;
}
