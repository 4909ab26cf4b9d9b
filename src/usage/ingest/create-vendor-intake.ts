import { createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { parseBigJson } from '../../big-json.ts';
import { isDatabaseUnavailable } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS, WEEK_MS } from '../../durations.ts';
import { hasCode, RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { type Directory, readDirectory, readNumberKey, requireNotClosed } from '../../org/index.ts';
import { singleFlight } from '../../single-flight.ts';
import { createLegPoster, type LegPoster } from './create-leg-poster.ts';
import { storeInInbox, UNKNOWN_OFFICE_REASON } from './inbox.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { type LegEvent, mergeLegs, storeLegs } from './merge-legs.ts';
import { officeCountries } from './office-country.ts';
import { readVendorEvent } from './read-vendor-event.ts';
import { createUseRecorder } from './record-use.ts';
import { createTextWatch, type TextWatch } from './text-watch.ts';
import { FAR_AHEAD_REASON, isFarAhead, storeUnread } from './unread-events.ts';
import { VENDOR_SOURCE } from './usage-sources.ts';
import { secretPlace } from './webhooks.ts';

export interface UsageDeps extends IngestDeps {
  log: Logger;
}

/** Events are taken up to a week old (R23); older ones are kept for the operator. */
const MAX_EVENT_AGE_MS = WEEK_MS;

interface Webhook {
  token: string;
  companyId: bigint;
  secretEncrypted: string;
  revokedAt: Date | null;
  expiresAt: Date | null;
}

/** What one process holds while it takes events in. */
interface Intake {
  deps: UsageDeps;
  /** Events that come at the same time ask the database once. */
  findWebhook: (token: string) => Promise<Webhook | null>;
  findDirectory: (companyId: bigint) => Promise<Directory>;
  postLegs: LegPoster;
  /** Secrets of webhooks ready to verify with, by how they are stored: opening one costs more than a verification. */
  keys: Map<string, KeyObject>;
  watchTexts: TextWatch;
  /** When a webhook's last refusal was written down, in ms. */
  refusedAtMs: Map<string, number>;
}

/** Takes one event: the webhook's token and the body as it came. */
export type VendorIntake = (token: string, body: string) => Promise<'posted' | 'stored' | 'ignored'>;

/** One intake serves a process; it remembers secrets and the batches on their way, and no company's facts. */
export function createVendorIntake(deps: UsageDeps): VendorIntake {
  const intake: Intake = {
    deps,
    findWebhook: singleFlight((token: string) => deps.db.usageWebhook.findUnique({ where: { token } })),
    findDirectory: singleFlight((companyId: bigint) => readDirectory(deps.db, companyId)),
    postLegs: createLegPoster(deps, VENDOR_SOURCE),
    keys: new Map(),
    watchTexts: createTextWatch(deps),
    refusedAtMs: new Map(),
  };
  const recordUse = createUseRecorder(deps, 'webhook');
  return async (token, body) => {
    const outcome = await handleVendorEvent(intake, token, body);
    recordUse(token);
    return outcome;
  };
}

/**
 * Takes one event of the vendor's phone system: a body that is a JWT signed HS256 with the company's secret. It is
 * posted, or stored, before this returns. What is not usage is accepted and ignored.
 * Throws RefillError `unauthorised`, whose message is the same for every reason, and `company-closed`.
 */
async function handleVendorEvent(
  intake: Intake,
  token: string,
  body: string,
): Promise<'posted' | 'stored' | 'ignored'> {
  const webhook = /^[\w-]{10,40}$/.test(token) ? await intake.findWebhook(token) : null;
  if (webhook !== null && webhook.revokedAt !== null)
    await requireNotClosed(intake.deps.db, webhook.companyId);
  if (webhook === null || webhook.revokedAt !== null) throw refuse();
  if (webhook.expiresAt !== null && webhook.expiresAt <= intake.deps.clock.now()) {
    await recordRefusal(intake, token);
    throw new RefillError(
      'unauthorised',
      `This address expired at ${webhook.expiresAt.toISOString()}. Ask your provider for a new one.`,
    );
  }
  try {
    return await handleEventOf(intake, webhook, body);
  } catch (error) {
    if (hasCode(error, 'unauthorised')) await recordRefusal(intake, token);
    throw error;
  }
}

async function handleEventOf(
  intake: Intake,
  webhook: Webhook,
  body: string,
): Promise<'posted' | 'stored' | 'ignored'> {
  const { deps } = intake;
  const payload = verify(body.trim(), keyOf(intake, webhook));
  const { companyId } = webhook;
  const numberKey = await readNumberKey(deps, companyId);
  const directory = await intake.findDirectory(companyId);
  const read = readVendorEvent(payload, numberKey, officeCountries(directory));
  if ('ignored' in read) {
    deps.log.debug({ why: read.ignored }, 'an event was passed over');
    return 'ignored';
  }
  if (!('legs' in read)) {
    await storeUnread(deps, { companyId, numberKey }, payload, read.unreadable);
    return 'stored';
  }
  const now = deps.clock.now();
  if (isFarAhead(read.legs, now)) {
    await storeUnread(deps, { companyId, numberKey }, payload, FAR_AHEAD_REASON);
    return 'stored';
  }
  if (read.legs.some(({ event }) => Number(event.version) < now.getTime() - MAX_EVENT_AGE_MS)) {
    await keep(
      deps,
      companyId,
      read.legs,
      'waiting',
      'the event is more than a week old; kept for the operator',
    );
    return 'stored';
  }
  if (isForeign(directory, read.officeRefs)) {
    await keep(deps, companyId, read.legs, 'waiting', UNKNOWN_OFFICE_REASON);
    await readDirectorySoon(deps, companyId);
    return 'stored';
  }
  if (read.unreadable !== undefined)
    await storeUnread(deps, { companyId, numberKey }, payload, read.unreadable);
  const outcome = await post(intake, companyId, read.legs);
  await intake.watchTexts(companyId, read.legs);
  return outcome;
}

/** Records that an event was refused here, at most once a minute. A failure to record it does not change the refusal. */
async function recordRefusal({ deps, refusedAtMs }: Intake, token: string): Promise<void> {
  const at = deps.clock.now();
  if (at.getTime() - (refusedAtMs.get(token) ?? 0) < MINUTE_MS) return;
  refusedAtMs.set(token, at.getTime());
  await deps.db.usageWebhook
    .updateMany({ where: { token }, data: { refusedAt: at } })
    .catch((error: unknown) => deps.log.warn({ err: error }, 'a refusal could not be written down'));
}

/** An office that is not known may be new: the directory is read now, if it was not within the hour. */
async function readDirectorySoon({ db, clock }: UsageDeps, companyId: bigint): Promise<void> {
  const at = clock.now();
  const hourAgo = new Date(at.getTime() - HOUR_MS);
  await db.directorySource.updateMany({
    where: { companyId, dueAt: { gt: at }, OR: [{ triedAt: null }, { triedAt: { lt: hourAgo } }] },
    data: { dueAt: at },
  });
}

function isForeign(directory: Directory, officeRefs: readonly string[]): boolean {
  return officeRefs.some((ref) => directory.knowsOffices && !directory.hasOffice(ref));
}

async function post(
  { deps, postLegs }: Intake,
  companyId: bigint,
  legs: LegEvent[],
): Promise<'posted' | 'stored'> {
  try {
    await postLegs(companyId, legs);
    return 'posted';
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    deps.log.error(
      { err: error, company: companyId.toString() },
      'an event could not be posted; it is stored',
    );
    await keep(deps, companyId, legs, 'unbooked', 'posting failed');
    return 'stored';
  }
}

async function keep(
  deps: UsageDeps,
  companyId: bigint,
  legs: readonly LegEvent[],
  reason: 'waiting' | 'unbooked',
  message: string,
): Promise<void> {
  const at = deps.clock.now();
  const batch = { companyId, source: VENDOR_SOURCE, at };
  // The legs are stored in every case: a longer one that comes later is compared with all of them.
  const { callOf } = await storeLegs(deps.db, { ...batch, legs });
  const events = await mergeLegs(deps.db, { ...batch, calls: [...new Set(callOf.values())] });
  await storeInInbox(deps.db, { ...batch, items: events.map((event) => ({ event, reason, message })) });
}

function keyOf({ deps, keys }: Intake, webhook: Webhook): KeyObject {
  const sealed = webhook.secretEncrypted;
  const key =
    keys.get(sealed) ?? createSecretKey(deps.secrets.open(sealed, secretPlace(webhook.token)), 'utf8');
  keys.set(sealed, key);
  return key;
}

/**
 * HS256 and nothing else, regardless of the token's own header. Its time is the event's, read by us. Not handed to
 * another thread, as a browser's crypto would be: the way there costs ten times the work.
 */
function verify(body: string, key: KeyObject): unknown {
  try {
    jwt.verify(body, key, { algorithms: ['HS256'], ignoreExpiration: true, ignoreNotBefore: true });
    return parseBigJson(Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
}

/** Refuses with one sentence for every reason, so that a refused sender learns nothing of the cause. */
function refuse(): RefillError {
  return new RefillError('unauthorised', 'This event is not accepted.');
}
