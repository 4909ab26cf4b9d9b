import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
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

/**
 * Stores each leg as its newest event describes it; returns the calls they belong to. A caller that merges only after this is
 * committed needs no lock: of two that keep legs of one call at once, the later sees both, and what it merges has the
 * greater version, so the ledger lets it win in any order of posting.
 */
export async function storeLegs(
  db: Queryable,
  batch: { companyId: bigint; source: string; legs: readonly LegEvent[]; at: Date },
): Promise<string[]> {
  const { companyId, source, at } = batch;
  const newest = new Map<string, LegEvent>();
  for (const each of batch.legs) {
    const key = `${each.event.externalId}\n${each.leg}`;
    const known = newest.get(key);
    if (known === undefined || BigInt(known.event.version) < BigInt(each.event.version))
      newest.set(key, each);
  }
  const legs = [...newest.values()];
  await db.$executeRaw`
    /* prepared: keep-legs */ INSERT INTO usage_leg (company_id, source, external_id, leg, version, event, received_at)
    SELECT ${companyId}, ${source}, external_id, leg, version, event, ${at}
    FROM unnest(${legs.map(({ event }) => event.externalId)}::text[], ${legs.map(({ leg }) => leg)}::text[],
      ${legs.map(({ event }) => event.version)}::bigint[], ${legs.map(({ event }) => toStored(event))}::jsonb[])
      AS l (external_id, leg, version, event)
    ON CONFLICT (company_id, source, external_id, leg) DO UPDATE
      SET version = excluded.version, event = excluded.event, received_at = excluded.received_at
      WHERE usage_leg.version < excluded.version`;
  return [...new Set(legs.map(({ event }) => event.externalId))];
}

/**
 * What is to be billed for each of these calls: its longest connected leg (R23). The version answered grows with every
 * change of any leg, in any order.
 */
export async function mergeLegs(
  db: Queryable,
  of: { companyId: bigint; source: string; calls: readonly string[] },
): Promise<UsageEvent[]> {
  const rows = z.array(legRow).parse(
    await db.$queryRaw`SELECT external_id, leg, version, event FROM usage_leg
      WHERE company_id = ${of.companyId} AND source = ${of.source} AND external_id = ANY (${[...of.calls]}::text[])`,
  );
  return [...groupByCall(rows).values()].map(billLongestLeg);
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

function connectedMs({ answeredAt, durationMs, kind }: UsageEvent): number {
  return kind === 'call' && answeredAt === null ? -1 : durationMs;
}
