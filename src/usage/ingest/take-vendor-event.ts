import { compactVerify } from 'jose';
import { inTransaction, isDatabaseUnavailable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { readDirectory, type SecretBox } from '../../org/index.ts';
import { keepInInbox } from './inbox.ts';
import type { IngestDeps } from './ingest-events.ts';
import { createLegPoster, type LegPoster } from './leg-poster.ts';
import type { LegEvent } from './merge-legs.ts';
import { parseBigJson } from './parse-big-json.ts';
import { readVendorEvent } from './read-vendor-event.ts';
import { VENDOR_SOURCE } from './vendor-source.ts';

export interface UsageDeps extends IngestDeps {
  log: Logger;
  secrets: SecretBox;
}

/** Events are taken up to a week old (R23); older ones are kept for the operator. */
const OLDEST_MS = 7 * 24 * 3_600_000;
/** A little ahead is a clock that is off; more is not from this sender. */
const FURTHEST_AHEAD_MS = 24 * 3_600_000;

const posters = new WeakMap<UsageDeps, LegPoster>();

/**
 * Takes one event of the vendor's phone system: a body that is a JWT signed HS256 with the company's secret. It is
 * booked, or kept, before this returns. What says nothing of usage is accepted and passed over.
 * Throws RefillError `unauthorised`, in the same words whatever the reason.
 */
export async function takeVendorEvent(
  deps: UsageDeps,
  token: string,
  body: string,
): Promise<'booked' | 'kept' | 'ignored'> {
  const webhook = /^[\w-]{10,40}$/.test(token)
    ? await deps.db.usageWebhook.findUnique({ where: { token } })
    : null;
  if (webhook === null || webhook.revokedAt !== null) throw refuse();
  const payload = await verify(body.trim(), deps.secrets.open(webhook.secretEncrypted));
  const read = readVendorEvent(payload);
  if ('ignored' in read) {
    deps.log.debug({ why: read.ignored }, 'an event was passed over');
    return 'ignored';
  }
  const { companyId } = webhook;
  const directory = await readDirectory(deps.db, companyId);
  const isForeign = read.officeRefs.some((ref) => directory.knowsOffices && !directory.hasOffice(ref));
  if (isForeign) throw refuse();
  const now = deps.clock.now().getTime();
  const told = read.legs.map(({ event }) => Number(event.version));
  if (told.some((at) => at > now + FURTHEST_AHEAD_MS)) throw refuse();
  if (told.some((at) => at < now - OLDEST_MS)) {
    await keep(
      deps,
      companyId,
      read.legs,
      'waiting',
      'the event is more than a week old; kept for the operator',
    );
    return 'kept';
  }
  return await post(deps, companyId, read.legs);
}

async function post(deps: UsageDeps, companyId: bigint, legs: LegEvent[]): Promise<'booked' | 'kept'> {
  const poster = posters.get(deps) ?? createLegPoster(deps, VENDOR_SOURCE);
  posters.set(deps, poster);
  try {
    await poster(companyId, legs);
    return 'booked';
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    deps.log.error({ err: error, company: companyId.toString() }, 'an event could not be booked; it is kept');
    await keep(deps, companyId, legs, 'unbooked', 'the booking failed');
    return 'kept';
  }
}

async function keep(
  deps: UsageDeps,
  companyId: bigint,
  legs: readonly LegEvent[],
  reason: 'waiting' | 'unbooked',
  words: string,
): Promise<void> {
  const items = legs.map(({ event }) => ({ event, reason, words }));
  const at = deps.clock.now();
  await inTransaction(deps.db, (tx) => keepInInbox(tx, { companyId, source: VENDOR_SOURCE, items, at }));
}

/** HS256 and nothing else, whatever the token's own header asks for. */
async function verify(body: string, secret: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(body, Buffer.from(secret), { algorithms: ['HS256'] });
    return parseBigJson(Buffer.from(payload).toString('utf8'));
  } catch {
    throw refuse();
  }
}

/** One sentence for every reason: who is not let in learns nothing of why. */
function refuse(): RefillError {
  return new RefillError('unauthorised', 'This event is not accepted.');
}
