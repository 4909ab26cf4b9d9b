import type { Db } from '../../../src/db/index.ts';
import type { Played } from './play-call.ts';

const MAX_FAULTS = 10;

/**
 * What the phone system was answered beside the books: each capture is one usage of what was held, no hold has two, none
 * that was granted is missing, and nothing is there that was not answered. Answers the differences.
 */
export async function compareWithBooks(
  db: Db,
  companyId: bigint,
  played: readonly Played[],
): Promise<string[]> {
  const calls = new Map(played.map((one) => [one.call.id, one]));
  const usages = await readUsages(db, companyId);
  const requests = new Map(
    (await db.holdRequest.findMany({ where: { companyId } })).map((row) => [row.id, row]),
  );
  const faults: string[] = [];
  for (const { call, hold, usage } of played) {
    const row = requests.get(call.id);
    const posted = [...usages].filter(([id]) => id.startsWith(`${call.id}-`));
    const expected = usage === null ? [] : [`${usage.id}: 1 × ${usage.micros}`];
    const found = posted.map(([id, costs]) => `${id}: ${costs.length} × ${costs.join()}`);
    if (expected.join() !== found.join())
      faults.push(`${call.id} (${call.fate}) has the usage [${found}], not [${expected}]`);
    if ((row?.state ?? null) !== (hold?.state ?? null))
      faults.push(
        `${call.id} (${call.fate}) is ${row?.state ?? 'not there'}, not ${hold?.state ?? 'refused'}`,
      );
    if ((row?.usageId ?? null) !== (usage?.id ?? null))
      faults.push(`${call.id} (${call.fate}) was captured with ${row?.usageId}, not ${usage?.id}`);
  }
  for (const id of requests.keys())
    if (!calls.has(id) && !id.startsWith('last-')) faults.push(`nobody was answered that ${id} was granted`);
  return faults.slice(0, MAX_FAULTS);
}

/** What each usage has cost by its revisions. */
async function readUsages(db: Db, companyId: bigint): Promise<Map<string, bigint[]>> {
  const rows = await db.usageRecord.findMany({ where: { companyId, source: 'api' } });
  const usages = new Map<string, bigint[]>();
  for (const { externalId, costMicros } of rows)
    usages.set(externalId, [...(usages.get(externalId) ?? []), costMicros]);
  return usages;
}
