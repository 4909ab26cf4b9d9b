import type { Clock } from '../../clock.ts';
import { type Db, type ExportState, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { isOnQuarterHours } from '../../ledger/index.ts';
import { isCompanyAdmin, lockForPerson, type Person } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { allowQuery } from './allow-query.ts';
import { describeExport, type ExportRow, enqueueExport, storeQuery } from './export-rows.ts';
import { fileNameFor } from './file-name.ts';
import type { ExportFacts, ExportQuery } from './types.ts';

type Deps = { db: Db; clock: Clock };

/** Queued or under way, of one person. */
const MAX_UNFINISHED = 3;
const UNFINISHED: ExportState[] = ['queued', 'running', 'uploading', 'sharing'];

/** An export of more than this is a mistake in its dates. */
const MAX_PERIOD_MS = 400 * DAY_MS;

/**
 * Remembers what a form is opened with. The returned token is all that a form has to carry: it says nothing, and is
 * looked up again under the verified workspace and person. Throws RefillError `not-allowed`.
 */
export async function draftExport(
  deps: Deps,
  person: Person,
  start: { query: ExportQuery; timeZone?: string; askedIn: string | null },
): Promise<ExportFacts> {
  allowQuery(person, start.query);
  const timeZone = start.timeZone ?? person.company.timeZone;
  const row = await deps.db.usageExport.create({
    data: {
      companyId: person.company.id,
      token: newToken(),
      state: 'draft',
      teamId: person.teamId,
      userId: person.userId,
      askedIn: start.askedIn,
      filter: storeQuery(start.query),
      timeZone,
      fileName: fileNameFor(start.query, timeZone),
      createdAt: deps.clock.now(),
    },
  });
  return await describeExport(deps.db, row);
}

/** What a form was opened with, while it is not submitted. Throws RefillError `export-unknown`. */
export async function findExportDraft(deps: Deps, person: Person, token: string): Promise<ExportFacts> {
  const row = await findOwnExport(deps.db, person, token);
  if (row.state !== 'draft') throw unknown(token);
  return await describeExport(deps.db, row);
}

/** What a person chose in the form. */
export interface ExportChoice {
  query: ExportQuery;
  timeZone: string;
  fileName: string;
  /** A channel that was chosen for it, where its asker was found to be a member. */
  toChannel?: string | null;
  /** Into the conversation where it was asked, else to the asker. */
  isForChannel: boolean;
}

/**
 * Asks for the file: once, however often it is sent. Throws RefillError `export-unknown` (a forged token, another
 * company's and another person's look alike), `not-allowed`, `bad-range`, `too-many-exports` with three of their own
 * under way.
 */
export async function requestExport(
  deps: Deps,
  person: Person,
  token: string,
  choice: ExportChoice,
): Promise<ExportFacts> {
  allowQuery(person, choice.query);
  assertRange(choice.query);
  const at = deps.clock.now();
  const row = await inTransaction(deps.db, async (tx) => {
    const asker = await lockForPerson(tx, person, { isReading: true });
    allowQuery(asker, choice.query);
    const draft = await findOwnExport(tx, asker, token);
    if (draft.state === 'draft') await assertFewUnfinished(tx, asker);
    const asked = await tx.usageExport.updateMany({
      where: { companyId: draft.companyId, id: draft.id, state: 'draft' },
      data: {
        state: 'queued',
        filter: storeQuery(choice.query),
        timeZone: choice.timeZone,
        fileName: choice.fileName,
        toChannel: choice.toChannel ?? (choice.isForChannel ? draft.askedIn : null),
        askedAt: at,
        nextRunAt: at,
      },
    });
    if (asked.count > 0) await enqueueExport(tx, draft);
    return await findOwnExport(tx, person, token);
  });
  return await describeExport(deps.db, row);
}

/**
 * Stops an export before its file is handed over: its asker may, and a company admin. Returns how it stands then, which
 * is unchanged where it was over already. Throws RefillError `export-unknown`, `not-allowed`.
 */
export async function cancelExport(deps: Deps, person: Person, token: string): Promise<ExportFacts> {
  const row = await inTransaction(deps.db, async (tx) => {
    const found = await tx.usageExport.findFirst({ where: { token, companyId: person.company.id } });
    if (found === null || found.state === 'draft') throw unknown(token);
    const isOwn = found.teamId === person.teamId && found.userId === person.userId;
    if (!isOwn && !isCompanyAdmin(person))
      throw new RefillError('not-allowed', 'Only its asker or a company admin can cancel an export.');
    const at = deps.clock.now();
    const stopped = await tx.usageExport.updateMany({
      where: {
        companyId: found.companyId,
        id: found.id,
        state: { in: ['queued', 'running', 'uploading'] },
      },
      data: { state: 'cancelled', cancelledBy: person.userId, finishedAt: at, nextRunAt: at },
    });
    if (stopped.count > 0) await enqueueExport(tx, found);
    return await tx.usageExport.findUniqueOrThrow({ where: { token } });
  });
  return await describeExport(deps.db, row);
}

/** Cancels what a company's people had begun to export: they are not in its workspace any more. */
export async function cancelExportsOf(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await tx.usageExport.deleteMany({ where: { companyId, state: 'draft' } });
  await tx.usageExport.updateMany({
    where: { companyId, state: { in: ['queued', 'running', 'uploading', 'sharing'] } },
    data: { state: 'cancelled', finishedAt: at, nextRunAt: null },
  });
}

async function assertFewUnfinished(tx: Queryable, person: Person): Promise<void> {
  const { company, teamId, userId } = person;
  const count = await tx.usageExport.count({
    where: { companyId: company.id, teamId, userId, state: { in: UNFINISHED } },
  });
  if (count >= MAX_UNFINISHED)
    throw new RefillError('too-many-exports', 'Three exports of yours are being prepared already.');
}

async function findOwnExport(db: Queryable, person: Person, token: string): Promise<ExportRow> {
  const row = await db.usageExport.findFirst({
    where: { token, companyId: person.company.id, teamId: person.teamId, userId: person.userId },
  });
  if (row === null) throw unknown(token);
  return row;
}

function unknown(token: string): RefillError {
  return new RefillError('export-unknown', 'That export is not known any more.', { export: token });
}

function assertRange(query: ExportQuery): void {
  const { from, to } = query;
  const length = to.getTime() - from.getTime();
  if (!(length > 0) || length > MAX_PERIOD_MS || !isOnQuarterHours(query))
    throw new RefillError('bad-range', 'That period cannot be exported.', { from, to });
}
