import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { storedEvent, toStored, type UsageEvent } from './usage-event.ts';

/** One leg of a call, or one message, as an event described it. */
export interface LegEvent {
  leg: string;
  event: UsageEvent;
}

const legRow = z.object({
  external_id: z.string(),
  version: z.bigint(),
  leg: z.string(),
  event: storedEvent,
});

/** Two that begin further apart are two calls, whatever id they come under; exports round what webhooks say exactly. */
const MAX_APART_MS = 2 * MINUTE_MS;

interface LegBatch {
  companyId: bigint;
  source: string;
  legs: readonly LegEvent[];
  at: Date;
}

export interface StoredLegs {
  /** The call that each leg was stored for, by its external id. */
  callOf: Map<LegEvent, string>;
  /** Calls that came under the id of another call, and so are stored under an id of their own. */
  others: ReadonlySet<string>;
}

/**
 * Stores each leg as its newest event describes it; a text that an event of a message came without stays what it was.
 * Returns the calls they belong to. A caller that merges only after this is committed needs no lock: of two that keep legs of one call at once, the later sees both, and what it merges has the
 * greater version, so the ledger lets it win in any order of posting.
 */
export async function storeLegs(db: Queryable, batch: LegBatch): Promise<StoredLegs> {
  const newest = new Map<string, LegEvent>();
  const apart: LegEvent[] = [];
  for (const each of batch.legs) {
    const key = keyOf(each);
    const known = newest.get(key);
    if (known !== undefined && isAnother(known.event, each.event)) {
      apart.push(each);
      continue;
    }
    const isNewer = known === undefined || BigInt(known.event.version) < BigInt(each.event.version);
    const [newer, older] = isNewer ? [each, known] : [known, each];
    newest.set(key, withText(newer, older?.event.text));
  }
  const refused = new Set(await insertLegs(db, { ...batch, legs: [...newest.values()] }));
  apart.push(...batch.legs.filter((each) => !apart.includes(each) && refused.has(keyOf(each))));
  const callOf = new Map(batch.legs.map((each) => [each, each.event.externalId]));
  if (apart.length === 0) return { callOf, others: new Set() };
  const others = apart.map((each) => {
    const externalId = keyOfAnother(each.event);
    callOf.set(each, externalId);
    return { ...each, event: { ...each.event, externalId } };
  });
  await insertLegs(db, { ...batch, legs: [...new Map(others.map((each) => [keyOf(each), each])).values()] });
  return { callOf, others: new Set(others.map(({ event }) => event.externalId)) };
}

/** The key of a call that came under the id of another call. */
export function keyOfAnother({ externalId, startedAt, usageAt }: UsageEvent): string {
  return `${externalId}@${(startedAt ?? usageAt).toISOString()}`;
}

/** A leg with the text of another event of it, where it came without. */
function withText(leg: LegEvent, text: string | null | undefined): LegEvent {
  return leg.event.text !== null || text == null ? leg : { ...leg, event: { ...leg.event, text } };
}

const keyOf = ({ leg, event }: LegEvent): string => `${event.externalId}\n${leg}`;

function isAnother(a: UsageEvent, b: UsageEvent): boolean {
  if (a.startedAt == null || b.startedAt == null) return false;
  return Math.abs(a.startedAt.getTime() - b.startedAt.getTime()) > MAX_APART_MS;
}

/**
 * Returns the keys of legs that were not stored, as the stored leg of that id is one of another call. Each is looked up by
 * its key (LATERAL with a LIMIT): as a join, without statistics, it reads every leg of the company for each batch.
 */
async function insertLegs(db: Queryable, { companyId, source, legs, at }: LegBatch): Promise<string[]> {
  const refused = await db.$queryRaw<{ external_id: string; leg: string }[]>`
    /* prepared: keep-legs */ WITH given AS (
      SELECT external_id, leg, version, event
      FROM unnest(${legs.map(({ event }) => event.externalId)}::text[], ${legs.map(({ leg }) => leg)}::text[],
        ${legs.map(({ event }) => event.version)}::bigint[], ${legs.map(({ event }) => toStored(event))}::jsonb[])
        AS l (external_id, leg, version, event)),
    refused AS (
      SELECT given.external_id, given.leg FROM given, LATERAL (
        SELECT event FROM usage_leg
        WHERE company_id = ${companyId} AND source = ${source} AND external_id = given.external_id AND leg = given.leg
        LIMIT 1) AS known
      WHERE abs(extract(epoch FROM (known.event->>'startedAt')::timestamptz
        - (given.event->>'startedAt')::timestamptz)) * 1000 > ${MAX_APART_MS}),
    stored AS (
      INSERT INTO usage_leg (company_id, source, external_id, leg, version, event, received_at)
      SELECT ${companyId}, ${source}, external_id, leg, version, event, ${at} FROM given
      WHERE NOT EXISTS (SELECT FROM refused WHERE refused.external_id = given.external_id AND refused.leg = given.leg)
      ON CONFLICT (company_id, source, external_id, leg) DO UPDATE
        SET version = CASE WHEN usage_leg.version < excluded.version THEN excluded.version
              ELSE usage_leg.version + 1 END,
            event = CASE
              WHEN usage_leg.version >= excluded.version
              THEN jsonb_set(usage_leg.event, '{text}', excluded.event -> 'text')
              WHEN excluded.event ->> 'text' IS NULL AND usage_leg.event ->> 'text' IS NOT NULL
              THEN jsonb_set(excluded.event, '{text}', usage_leg.event -> 'text')
              ELSE excluded.event END,
            received_at = excluded.received_at
        WHERE usage_leg.version < excluded.version
           OR usage_leg.event ->> 'text' IS NULL AND excluded.event ->> 'text' IS NOT NULL)
    SELECT external_id, leg FROM refused`;
  return refused.map(({ external_id: externalId, leg }) => `${externalId}\n${leg}`);
}

/** Legs that are not stored, merged with those that are, as if they were: calls, and legs of other calls of the same id. */
export async function mergeUnstoredLegs(
  db: Queryable,
  of: { companyId: bigint; source: string; legs: readonly LegEvent[] },
): Promise<{ events: UsageEvent[]; others: LegEvent[] }> {
  const calls = [...new Set(of.legs.map(({ event }) => event.externalId))];
  const stored = await readLegs(db, { ...of, calls });
  const newest = new Map(stored.map((row) => [`${row.external_id}\n${row.leg}`, row]));
  const others: LegEvent[] = [];
  for (const each of of.legs) {
    const known = newest.get(keyOf(each));
    const version = BigInt(each.event.version);
    if (known !== undefined && isAnother(known.event, each.event)) others.push(each);
    else if (known === undefined || known.version < version)
      newest.set(keyOf(each), {
        external_id: each.event.externalId,
        version,
        leg: each.leg,
        event: each.event,
      });
  }
  return { events: [...groupByCall([...newest.values()]).values()].map(billLongestLeg), others };
}

/**
 * What is to be billed for each of these calls: its longest connected leg (R23). The version answered grows with every
 * change of any leg, in any order.
 */
export async function mergeLegs(
  db: Queryable,
  of: { companyId: bigint; source: string; calls: readonly string[] },
): Promise<UsageEvent[]> {
  return [...groupByCall(await readLegs(db, of)).values()].map(billLongestLeg);
}

async function readLegs(
  db: Queryable,
  of: { companyId: bigint; source: string; calls: readonly string[] },
): Promise<LegRow[]> {
  return z.array(legRow).parse(
    await db.$queryRaw`SELECT external_id, leg, version, event FROM usage_leg
      WHERE company_id = ${of.companyId} AND source = ${of.source} AND external_id = ANY (${[...of.calls]}::text[])`,
  );
}

type LegRow = z.output<typeof legRow>;

function groupByCall(rows: readonly LegRow[]): Map<string, LegRow[]> {
  const groups = new Map<string, LegRow[]>();
  for (const row of rows) {
    const group = groups.get(row.external_id);
    if (group === undefined) groups.set(row.external_id, [row]);
    else group.push(row);
  }
  return groups;
}

function billLongestLeg(legs: readonly LegRow[]): UsageEvent {
  const [first, ...others] = legs;
  if (first === undefined) throw new RangeError('a call has at least one leg');
  const longest = others.reduce((best, leg) => (isLonger(leg, best) ? leg : best), first);
  // Each leg's version only grows, and a new leg adds its own: their sum is a version of the whole.
  const version = legs.reduce((sum, leg) => sum + leg.version, 0n);
  return { ...longest.event, version: version.toString() };
}

function isLonger(a: LegRow, b: LegRow): boolean {
  const [left, right] = [connectedMs(a.event), connectedMs(b.event)];
  return left === right ? a.leg < b.leg : left > right;
}

/** What the longest leg of a call has most of; less than nothing where it was not answered. */
export function connectedMs({ answeredAt, durationMs, kind }: UsageEvent): number {
  return kind === 'call' && answeredAt === null ? -1 : durationMs;
}
