import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { isDatabaseUnavailable } from '../../db/index.ts';
import { DAY_MS, WEEK_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { readDirectory, type SecretBox } from '../../org/index.ts';
import { keepInInbox } from './inbox.ts';
import type { IngestDeps } from './ingest-events.ts';
import { createLegPoster, type LegPoster } from './leg-poster.ts';
import { keepLegs, type LegEvent, mergeLegs } from './merge-legs.ts';
import { parseBigJson } from './parse-big-json.ts';
import { readVendorEvent } from './read-vendor-event.ts';
import { VENDOR_SOURCE } from './vendor-source.ts';
import { secretPlace } from './webhooks.ts';

export interface UsageDeps extends IngestDeps {
  log: Logger;
  secrets: SecretBox;
}

/** Events are taken up to a week old (R23); older ones are kept for the operator. */
const OLDEST_MS = WEEK_MS;
/** A little ahead is a clock that is off; more is not from this sender. */
const FURTHEST_AHEAD_MS = DAY_MS;

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
    ? await together(deps, `webhook ${token}`, () => deps.db.usageWebhook.findUnique({ where: { token } }))
    : null;
  if (webhook === null || webhook.revokedAt !== null) throw refuse();
  const payload = verify(body.trim(), keyOf(deps, webhook));
  const read = readVendorEvent(payload);
  if ('ignored' in read) {
    deps.log.debug({ why: read.ignored }, 'an event was passed over');
    return 'ignored';
  }
  const { companyId } = webhook;
  if ('unreadable' in read) {
    await keepUnread(deps, companyId, payload, read.unreadable);
    return 'kept';
  }
  if (await isForeign(deps, companyId, read.officeRefs)) throw refuse();
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

async function isForeign(
  deps: UsageDeps,
  companyId: bigint,
  officeRefs: readonly string[],
): Promise<boolean> {
  if (officeRefs.length === 0) return false;
  const directory = await together(deps, `directory ${companyId}`, () => readDirectory(deps.db, companyId));
  return officeRefs.some((ref) => directory.knowsOffices && !directory.hasOffice(ref));
}

const underWay = new WeakMap<UsageDeps, Map<string, Promise<unknown>>>();

/** Events that come at the same time ask the database once; nothing is remembered beyond that. */
function together<T>(deps: UsageDeps, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = underWay.get(deps) ?? new Map<string, Promise<unknown>>();
  underWay.set(deps, asked);
  const known = asked.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const answer = ask().finally(() => asked.delete(key));
  asked.set(key, answer);
  return answer;
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
  const at = deps.clock.now();
  const batch = { companyId, source: VENDOR_SOURCE, at };
  // The legs are kept whatever becomes of the item: a longer one that comes later is judged against all of them.
  const calls = await keepLegs(deps.db, { ...batch, legs });
  const events = await mergeLegs(deps.db, { ...batch, calls });
  await keepInInbox(deps.db, { ...batch, items: events.map((event) => ({ event, reason, words })) });
}

/** Usage that is told in a way we do not understand is not lost: the operator sees it, as it came. */
async function keepUnread(
  deps: UsageDeps,
  companyId: bigint,
  payload: unknown,
  words: string,
): Promise<void> {
  const unread = JSON.stringify(payload);
  const externalId = `unread:${createHash('sha256').update(unread).digest('hex')}`;
  const key = { companyId, source: VENDOR_SOURCE, externalId };
  await deps.db.usageInbox.upsert({
    where: { companyId_source_externalId: key },
    create: { ...key, reason: 'waiting', words, event: { unread }, receivedAt: deps.clock.now() },
    update: {},
  });
}

const opened = new WeakMap<UsageDeps, Map<string, KeyObject>>();

/** A webhook's secret ready to verify with, opened once in a process: that costs more than a verification. */
function keyOf(deps: UsageDeps, webhook: { token: string; secretEncrypted: string }): KeyObject {
  const sealed = webhook.secretEncrypted;
  const keys = opened.get(deps) ?? new Map<string, KeyObject>();
  opened.set(deps, keys);
  const key =
    keys.get(sealed) ?? createSecretKey(deps.secrets.open(sealed, secretPlace(webhook.token)), 'utf8');
  keys.set(sealed, key);
  return key;
}

/**
 * HS256 and nothing else, whatever the token's own header asks for. Its time is the event's, read by us. Not handed to
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

/** One sentence for every reason: who is not let in learns nothing of why. */
function refuse(): RefillError {
  return new RefillError('unauthorised', 'This event is not accepted.');
}
