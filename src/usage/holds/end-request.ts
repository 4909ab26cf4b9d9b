import { z } from 'zod';
import { Prisma, type Queryable } from '../../db/index.ts';
import { type NewUsage, readUsageAnswer, toUsageParameter, type UsageOutcome } from '../../ledger/index.ts';
import type { NumberKey } from '../../number-key.ts';
import type { DecideHold } from './decide-holds.ts';
import { holdKey, holdRequest, refuseResolved, unknownHold } from './hold-request.ts';

const answer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('unknown') }),
  z.object({ outcome: z.literal('resolved'), request: holdRequest }),
  z.object({ outcome: z.enum(['ended', 'unposted']), request: holdRequest, usage: z.unknown().optional() }),
]);

type EndedRequest = z.output<typeof holdRequest>;

/** What became of a usage, and the hold that was captured with it; null where the usage was not posted. */
export interface Captured {
  usage: UsageOutcome;
  request: EndedRequest | null;
}

/** Which hold, and when it is ended. */
interface Ending {
  companyId: bigint;
  id: string;
  at: Date;
}

/**
 * Captures a hold with a usage that comes another way, and charges nothing.
 * Throws RefillError `hold-unknown`, `hold-resolved` (released, or captured with another usage), `no-book`.
 */
export async function captureUnposted(
  decide: DecideHold,
  of: Ending & { usageId: string },
): Promise<EndedRequest> {
  return (await capture(decide, of, null)).request;
}

/**
 * Captures a hold with a usage, and posts that by the path of all usage. What is not posted (`conflict`,
 * `rejected`) leaves the hold as it was. Throws the same.
 */
export async function captureWith(
  db: Queryable,
  decide: DecideHold,
  of: Ending & { numberKey: NumberKey; usage: NewUsage },
): Promise<Captured> {
  const { companyId, usage, numberKey } = of;
  const posting = toUsageParameter(usage, numberKey);
  if (posting === null) return { request: null, usage: { outcome: 'rejected', reason: 'bad-facts' } };
  const ended = await capture(decide, { ...of, usageId: usage.externalId }, posting);
  return {
    request: ended.outcome === 'ended' ? ended.request : null,
    usage: readUsageAnswer(db, { companyId, usage }, ended.usage),
  };
}

async function capture(
  decide: DecideHold,
  { companyId, id, usageId, at }: Ending & { usageId: string },
  usages: Buffer | null,
) {
  const values = Prisma.sql`${companyId}, ${id}, ${holdKey(id)}, ${usageId}, ${usages}::ledger_usages, ${at}`;
  return read(await decide({ name: 'capture_hold', values }));
}

/** Releases a hold whose call did not take place. Throws RefillError `hold-unknown`, `hold-resolved` (captured), `no-book`. */
export async function releaseRequest(
  decide: DecideHold,
  { companyId, id, at }: Ending,
): Promise<EndedRequest> {
  const values = Prisma.sql`${companyId}, ${id}, ${holdKey(id)}, ${at}`;
  return read(await decide({ name: 'release_hold_request', values })).request;
}

function read(decided: unknown) {
  const ended = answer.parse(decided);
  if (ended.outcome === 'unknown') throw unknownHold();
  if (ended.outcome === 'resolved') throw refuseResolved(ended.request);
  return ended;
}
