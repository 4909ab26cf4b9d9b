import { z } from 'zod';
import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockBook, postUsage, settleHold, type UsageOutcome } from '../../ledger/index.ts';
import { readDirectory, readNumberKey } from '../../org/index.ts';
import { id as idField } from '../ingest/api-fields.ts';
import { settleAnswers } from '../ingest/book-events.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { officeCountries } from '../ingest/office-country.ts';
import type { IngestOutcome } from '../ingest/outcomes.ts';
import { prepareRating, readRatingState } from '../ingest/prepare-rating.ts';
import { apiRecord, readApiRecord } from '../ingest/read-api-record.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import { API_SOURCE } from '../ingest/usage-sources.ts';
import type { CaptureMode } from './capture-mode.ts';
import {
  findHoldRequest,
  type GrantedHold,
  type HoldRow,
  holdKey,
  refuseResolved,
  toHoldAnswer,
} from './hold-request.ts';
import { freeHold } from './release-hold-request.ts';

const naming = z.strictObject({
  usage_id: idField(300).meta({ description: 'The id of the record, which comes another way.' }),
});
const carrying = z.strictObject({ usage: z.unknown() });
/** The body of a capture, as the API describes it. */
export const captureBody = z.union([z.strictObject({ usage: apiRecord }), naming]);

type CaptureAnswer = GrantedHold & { usage: { id: string } | ({ id: string } & IngestOutcome) };

/**
 * Ends a hold with the usage that it was for, also one that has expired. A key that posts carries the record, which is posted as
 * by POST /v1/usage; a key that frees names the record that comes another way, and nothing is charged here. The same again
 * has the same effect once. Throws RefillError `bad-body`, `hold-unknown`, `hold-resolved` (released, or captured with
 * another usage), `key-conflict` (the usage was posted with other facts; the hold stays).
 */
export async function captureHold(
  deps: IngestDeps,
  of: { companyId: bigint; id: string; mode: CaptureMode },
  value: unknown,
): Promise<CaptureAnswer> {
  if (of.mode === 'posts') return await postCaptured(deps, of, await readUsage(deps, of.companyId, value));
  const parsed = naming.safeParse(value);
  if (!parsed.success)
    throw new RefillError(
      'bad-body',
      'usage_id: must name the usage; this key frees holds and posts nothing.',
    );
  const { usage_id: usageId } = parsed.data;
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockBook(tx, of.companyId);
    const row = await findCapturable(tx, of, usageId);
    if (row.state === 'open') await freeHold(tx, row, at);
    return { ...toHoldAnswer(await markCaptured(tx, row, usageId), at), usage: { id: usageId } };
  });
}

async function readUsage(deps: IngestDeps, companyId: bigint, value: unknown): Promise<UsageEvent> {
  const parsed = carrying.safeParse(value);
  if (!parsed.success || parsed.data.usage === undefined)
    throw new RefillError(
      'bad-body',
      'usage: must be the record of the usage; this key posts what it captures.',
    );
  const read = readApiRecord(parsed.data.usage, officeCountries(await readDirectory(deps.db, companyId)));
  if ('message' in read) throw new RefillError('bad-body', `usage: ${read.message}`);
  return read.event;
}

/** Posts the usage by the path of all usage, and ends the hold, in one transaction. */
async function postCaptured(
  deps: IngestDeps,
  of: { companyId: bigint; id: string },
  event: UsageEvent,
): Promise<CaptureAnswer> {
  const { companyId } = of;
  // As records of POST /v1/usage: a call that was captured and is sent there as well is one record (R6.6).
  const batch = { companyId, source: API_SOURCE };
  const state = await readRatingState(deps.db, batch);
  const numberKey = await readNumberKey(deps, companyId);
  const rated = [(await prepareRating(deps.db, batch, state, [event]))(event)];
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockBook(tx, companyId);
    const row = await findCapturable(tx, of, event.externalId);
    const answers: UsageOutcome[] = [];
    for (const { usage } of rated) {
      if (usage === null) continue;
      if (row.state === 'open' && row.isKept)
        answers.push(await settleHold(tx, { companyId, numberKey, key: holdKey(row.id), usage, at }));
      else answers.push(...(await postUsage(tx, { companyId, numberKey, records: [usage], at })));
    }
    const how = { rated, state, numberKey, isAdjustable: false };
    const [priced] = await settleAnswers(tx, at, batch, answers, how);
    const outcome: IngestOutcome = priced?.outcome ?? { outcome: 'queued' };
    if (outcome.outcome === 'conflict') throw new RefillError('key-conflict', `usage: ${outcome.message}`);
    if (outcome.outcome === 'rejected') throw new RefillError('bad-body', `usage: ${outcome.message}`);
    // What is stored and posted later has no settlement in the ledger yet.
    if (row.state === 'open') await freeHold(tx, row, at);
    const answer = toHoldAnswer(await markCaptured(tx, row, event.externalId), at);
    return { ...answer, usage: { id: event.externalId, ...outcome } };
  });
}

/** The hold, if it is open or was captured with this very usage. */
async function findCapturable(
  tx: Tx,
  { companyId, id }: { companyId: bigint; id: string },
  usageId: string,
): Promise<HoldRow> {
  const row = await findHoldRequest(tx, companyId, id);
  if (row.state === 'released' || (row.usageId !== null && row.usageId !== usageId))
    throw refuseResolved(row);
  return row;
}

async function markCaptured(tx: Tx, { companyId, id }: HoldRow, usageId: string): Promise<HoldRow> {
  return await tx.holdRequest.update({
    where: { companyId_id: { companyId, id } },
    data: { state: 'captured', usageId },
  });
}
