import { z } from 'zod';
import { type Queryable, whereTraced } from '../../db/index.ts';
import {
  asLedgerCall,
  type NewUsage,
  readUsageAnswer,
  toUsageParameter,
  type UsageOutcome,
} from '../../ledger/index.ts';
import type { NumberKey } from '../../number-key.ts';
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
 * Captures a hold with a usage that comes another way, and charges nothing. One statement.
 * Throws RefillError `hold-unknown`, `hold-resolved` (released, or captured with another usage), `no-book`.
 */
export async function captureUnposted(
  db: Queryable,
  of: Ending & { usageId: string },
): Promise<EndedRequest> {
  return (await capture(db, of, null)).request;
}

/**
 * Captures a hold with a usage, and posts that by the path of all usage. One statement. What is not posted (`conflict`,
 * `rejected`) leaves the hold as it was. Throws the same.
 */
export async function captureWith(
  db: Queryable,
  of: Ending & { numberKey: NumberKey; usage: NewUsage },
): Promise<Captured> {
  const { companyId, usage, numberKey } = of;
  const posting = toUsageParameter(usage, numberKey);
  if (posting === null) return { request: null, usage: { outcome: 'rejected', reason: 'bad-facts' } };
  const ended = await capture(db, { ...of, usageId: usage.externalId }, posting);
  return {
    request: ended.outcome === 'ended' ? ended.request : null,
    usage: readUsageAnswer(db, { companyId, usage }, ended.usage),
  };
}

async function capture(
  db: Queryable,
  { companyId, id, usageId, at }: Ending & { usageId: string },
  usages: Buffer | null,
) {
  return await end(
    () => db.$queryRaw`
      /* prepared: capture-hold */ SELECT capture_hold(${companyId}, ${id}, ${holdKey(id)}, ${usageId},
        ${usages}::ledger_usages, ${at}) AS answer
      ${whereTraced()}`,
  );
}

/** Releases a hold whose call did not take place. Throws RefillError `hold-unknown`, `hold-resolved` (captured), `no-book`. */
export async function releaseRequest(db: Queryable, { companyId, id, at }: Ending): Promise<EndedRequest> {
  const { request } = await end(
    () => db.$queryRaw`
      /* prepared: release-hold */ SELECT release_hold_request(${companyId}, ${id}, ${holdKey(id)}, ${at}) AS answer
      ${whereTraced()}`,
  );
  return request;
}

async function end(call: () => Promise<{ answer: unknown }[]>) {
  const rows = await asLedgerCall(call);
  const ended = answer.parse(rows[0]?.answer);
  if (ended.outcome === 'unknown') throw unknownHold();
  if (ended.outcome === 'resolved') throw refuseResolved(ended.request);
  return ended;
}
