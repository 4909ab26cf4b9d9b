import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  type AuditAction,
  checkSecretKey,
  placeOf,
  readInstanceMode,
  recordAudit,
  resolveOperatorNotice,
  type SecretBox,
} from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { faultOfEndpoint } from '../../web-address.ts';
import { recordEvent } from './record-event.ts';
import { type Sent, sendEvent } from './send-event.ts';

export interface EndpointDeps {
  db: Db;
  clock: Clock;
  secrets: SecretBox;
}

export interface Endpoint {
  id: string;
  url: string;
  createdAt: Date;
  /** When a ping was last accepted. */
  pingAcceptedAt: Date | null;
  failingSince: Date | null;
  /** Set where it was switched off, after three days of failures. */
  offAt: Date | null;
}

/** What an endpoint's sealed secret is bound to. */
const secretPlace = (id: string): string => placeOf('event_endpoint', 'secret_encrypted', id);

/**
 * A new endpoint of a company's phone system, and the secret that its events are signed with, which is shown once. It is
 * pinged at once, then hourly. Throws RefillError `bad-argument` for an address that must not be sent to.
 */
export async function addEndpoint(
  deps: EndpointDeps,
  { companyId, url }: { companyId: bigint; url: string },
): Promise<{ id: string; secret: string }> {
  const { db, clock, secrets } = deps;
  await checkSecretKey(db, secrets);
  const fault = await findFault(db, url);
  if (fault !== null) throw new RefillError('bad-argument', `--url ${fault}.`);
  const id = `ep_${newToken(9)}`;
  const secret = `whsec_${newToken(32)}`;
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    await tx.eventEndpoint.create({
      data: {
        id,
        companyId,
        url,
        secretEncrypted: secrets.seal(secret, secretPlace(id)),
        createdAt: at,
        nextPingAt: at,
      },
    });
    await recordAudit(tx, audit(companyId, at, 'endpoint-added', { endpoint: id, url }));
  });
  return { id, secret };
}

/** A company's endpoints, the oldest first. */
export async function listEndpoints(db: Db, companyId: bigint): Promise<Endpoint[]> {
  return await db.eventEndpoint.findMany({
    where: { companyId, removedAt: null },
    select: { id: true, url: true, createdAt: true, pingAcceptedAt: true, failingSince: true, offAt: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** Sends nothing there any more. Throws RefillError `endpoint-unknown`. */
export async function removeEndpoint(
  { db, clock }: Pick<EndpointDeps, 'db' | 'clock'>,
  { companyId, id }: { companyId: bigint; id: string },
): Promise<void> {
  await inTransaction(db, (tx) => remove(tx, { companyId, id }, clock.now()));
}

/** Removes every endpoint of a company that is closed. */
export async function removeEndpoints(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  const rows = await tx.eventEndpoint.findMany({
    where: { companyId, removedAt: null },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  for (const { id } of rows) await remove(tx, { companyId, id }, at);
}

async function remove(tx: Tx, { companyId, id }: { companyId: bigint; id: string }, at: Date): Promise<void> {
  const { count } = await tx.eventEndpoint.updateMany({
    where: { id, companyId, removedAt: null },
    data: { removedAt: at },
  });
  if (count === 0) throw unknown(id);
  await tx.outgoingEvent.updateMany({
    where: { companyId, endpointId: id, state: 'pending' },
    data: { state: 'dropped' },
  });
  await resolveOperatorNotice(tx, { kind: 'endpoint-off', companyId, subject: id, at });
  await recordAudit(tx, audit(companyId, at, 'endpoint-removed', { endpoint: id }));
}

/**
 * Sends one ping now, without the queue, and returns its result. An endpoint that was switched off and accepts it is on
 * again. Throws RefillError `endpoint-unknown`.
 */
export async function testEndpoint(
  deps: EndpointDeps,
  { companyId, id }: { companyId: bigint; id: string },
): Promise<Sent> {
  const row = await deps.db.eventEndpoint.findFirst({ where: { id, companyId, removedAt: null } });
  if (row === null) throw unknown(id);
  const at = deps.clock.now();
  const body = JSON.stringify({
    id: `evt_${newToken()}`,
    type: 'ping',
    created_at: at.toISOString(),
    data: {},
  });
  const sent = await sendTo(deps, row, body);
  if (!sent.isAccepted) return sent;
  await inTransaction(deps.db, async (tx) => {
    await markAccepted(tx, row, { isPing: true, at });
    if (row.offAt === null) return;
    await tx.eventEndpoint.update({ where: { id }, data: { offAt: null, nextPingAt: at } });
    await resolveOperatorNotice(tx, { kind: 'endpoint-off', companyId, subject: id, at });
    await recordAudit(tx, audit(companyId, at, 'endpoint-on-again', { endpoint: id }));
  });
  return sent;
}

/** Signs a body with an endpoint's secret and sends it; never inside a transaction. */
export async function sendTo(
  { db, secrets }: Pick<EndpointDeps, 'db' | 'secrets'>,
  endpoint: { id: string; url: string; secretEncrypted: string },
  body: string,
): Promise<Sent> {
  const fault = await findFault(db, endpoint.url);
  if (fault !== null) return { isAccepted: false, error: `the address ${fault}` };
  const secret = secrets.open(endpoint.secretEncrypted, secretPlace(endpoint.id));
  return await sendEvent({ url: endpoint.url, secret }, body);
}

/** An endpoint that accepted something works; one that accepted a ping is listening. */
export async function markAccepted(
  tx: Queryable,
  { id }: { id: string },
  { isPing, at }: { isPing: boolean; at: Date },
): Promise<void> {
  await tx.eventEndpoint.update({
    where: { id },
    data: { failingSince: null, ...(isPing ? { pingAcceptedAt: at } : {}) },
  });
}

/** Enqueues a ping to one endpoint. */
export async function recordPing(
  tx: Queryable,
  { companyId, id }: { companyId: bigint; id: string },
  at: Date,
): Promise<void> {
  await recordEvent(tx, { companyId, at, event: { type: 'ping', data: {} } }, id);
}

async function findFault(db: Db, url: string): Promise<string | null> {
  return faultOfEndpoint(url, { mayBeLocal: (await readInstanceMode(db)) === 'sandbox' });
}

function unknown(id: string): RefillError {
  return new RefillError(
    'endpoint-unknown',
    `This company has no endpoint ${id}. See: refill endpoint list.`,
  );
}

function audit(companyId: bigint, at: Date, action: AuditAction, details: Record<string, string>) {
  return { companyId, at, actor: 'operator', surface: 'operator' as const, action, details };
}
