import { z } from 'zod';
import { inTransaction, type Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { readDirectory, readNumberKey } from '../../org/index.ts';
import { id as idField } from '../ingest/api-fields.ts';
import { settleAnswers } from '../ingest/book-events.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { officeCountries } from '../ingest/office-country.ts';
import type { IngestOutcome } from '../ingest/outcomes.ts';
import { prepareRating, type RatingState } from '../ingest/prepare-rating.ts';
import { apiRecord, readApiRecord } from '../ingest/read-api-record.ts';
import type { UsageEvent } from '../ingest/usage-event.ts';
import { API_SOURCE } from '../ingest/usage-sources.ts';
import type { CaptureMode } from './capture-mode.ts';
import { type DecideHold, decideIn, decideTogether } from './decide-holds.ts';
import { type Captured, captureUnposted, captureWith } from './end-request.ts';
import { type GrantedHold, toHoldAnswer } from './hold-request.ts';

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
  of: { companyId: bigint; rating: RatingState; id: string; mode: CaptureMode },
  value: unknown,
): Promise<CaptureAnswer> {
  if (of.mode === 'posts') return await postCaptured(deps, of, value);
  const parsed = naming.safeParse(value);
  if (!parsed.success)
    throw new RefillError(
      'bad-body',
      'usage_id: must name the usage; this key frees holds and posts nothing.',
    );
  const { usage_id: usageId } = parsed.data;
  const at = deps.clock.now();
  const { companyId, id } = of;
  const decide = decideTogether(deps.db, companyId);
  const request = await captureUnposted(decide, { companyId, id, usageId, at });
  return { ...toHoldAnswer(request, at), usage: { id: usageId } };
}

async function readUsage(
  deps: IngestDeps,
  of: { companyId: bigint; directory: bigint },
  value: unknown,
): Promise<UsageEvent> {
  const parsed = carrying.safeParse(value);
  if (!parsed.success || parsed.data.usage === undefined)
    throw new RefillError(
      'bad-body',
      'usage: must be the record of the usage; this key posts what it captures.',
    );
  const directory = await readDirectory(deps.db, of.companyId, of.directory);
  const read = readApiRecord(parsed.data.usage, officeCountries(directory));
  if ('message' in read) throw new RefillError('bad-body', `usage: ${read.message}`);
  return read.event;
}

/**
 * Posts the usage by the path of all usage, and ends the hold: in one statement, unless there is more to store than what the
 * ledger posts, which is then one transaction.
 */
async function postCaptured(
  deps: IngestDeps,
  { companyId, rating: state, id }: { companyId: bigint; rating: RatingState; id: string },
  value: unknown,
): Promise<CaptureAnswer> {
  // As records of POST /v1/usage: a call that was captured and is sent there as well is one record (R6.6).
  const batch = { companyId, source: API_SOURCE };
  const event = await readUsage(deps, { companyId, directory: state.directory }, value);
  const numberKey = await readNumberKey(deps, companyId);
  const rated = (await prepareRating(deps.db, batch, state, [event]))(event);
  const at = deps.clock.now();
  const { usage, party } = rated;
  const capture = async (db: Queryable, decide: DecideHold): Promise<Captured | null> =>
    usage === null ? null : await captureWith(db, decide, { companyId, id, at, numberKey, usage });
  const follow = async (
    db: Queryable,
    decide: DecideHold,
    captured: Captured | null,
  ): Promise<CaptureAnswer> => {
    const answers = captured === null ? [] : [captured.usage];
    const how = { rated: [rated], state, numberKey, isAdjustable: false };
    const [priced] = await settleAnswers(db, at, batch, answers, how);
    const outcome: IngestOutcome = priced?.outcome ?? { outcome: 'queued' };
    if (outcome.outcome === 'conflict') throw new RefillError('key-conflict', `usage: ${outcome.message}`);
    if (outcome.outcome === 'rejected') throw new RefillError('bad-body', `usage: ${outcome.message}`);
    // What is stored and posted later has no settlement in the ledger yet.
    const request =
      captured?.request ?? (await captureUnposted(decide, { companyId, id, usageId: event.externalId, at }));
    return { ...toHoldAnswer(request, at), usage: { id: event.externalId, ...outcome } };
  };
  const first = party.isAttributed ? await capture(deps.db, decideTogether(deps.db, companyId)) : null;
  if (first !== null && first.request !== null)
    return await follow(deps.db, decideTogether(deps.db, companyId), first);
  return await inTransaction(deps.db, async (tx) => {
    const decide = decideIn(tx);
    return await follow(tx, decide, first ?? (await capture(tx, decide)));
  });
}
