import { backoffMs } from '../../backoff.ts';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import { NoticeDeliveryError } from '../../notices/index.ts';
import { findPerson, isCompanyAdmin } from '../../org/index.ts';
import type { JobPayload } from '../../queue/index.ts';
import { invoiceCsv, invoiceFileName } from './invoice-csv.ts';
import { enqueueFile, type InvoiceFileRow } from './invoice-file-rows.ts';
import { type InvoiceDocument, readInvoice } from './invoice-rows.ts';
import { noticeKey } from './notify-invoice.ts';

const BACKOFF = { initialMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };
const MAX_ATTEMPTS = 40;

/** A message that the file belongs to. */
export interface FilePlace {
  teamId: string;
  channelId: string;
  messageTs: string;
}

/** What handing over an invoice needs of the place it goes to. Failures are NoticeDeliveryErrors. */
export interface InvoiceFileDelivery {
  /** Tells a person that the file comes; returns where. */
  announce(to: { teamId: string; userId: string }, invoice: InvoiceDocument): Promise<FilePlace>;
  /** Hands a file over; nobody sees it yet. Returns what it is called there. */
  upload(teamId: string, file: { name: string; content: Buffer }): Promise<string>;
  /** Shows a file that was handed over, with its message. Doing it again shows the same one. */
  share(place: FilePlace, fileId: string, invoice: InvoiceDocument): Promise<void>;
}

export interface InvoiceFileDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  delivery: InvoiceFileDelivery;
}

/** The other side does not have the file any more: it is made anew. */
export class FileGoneError extends NoticeDeliveryError {}

/**
 * Hands an invoice over as a file. What it is called over there is written down before it is shown, so that a kill in
 * between leads to the same file being shown, never to a second one. Safe to run any number of times.
 */
export async function sendInvoiceFile(
  deps: InvoiceFileDeps,
  { companyId, fileId: id }: JobPayload<'send-invoice-file'>,
): Promise<void> {
  const where = { companyId_id: { companyId, id } };
  const row = await deps.db.invoiceFile.findUnique({ where });
  const now = deps.clock.now();
  if (row === null || row.nextAttemptAt === null || row.nextAttemptAt > now) return;
  try {
    const invoice = await readInvoice(deps.db, { companyId, id: row.invoiceId });
    if (invoice === null) throw new NoticeDeliveryError('the invoice is gone', { permanent: true });
    const place = await findPlace(deps, row, invoice);
    const file = { name: invoiceFileName(invoice), content: invoiceCsv(invoice) };
    const fileId = row.fileId ?? (await deps.delivery.upload(place.teamId, file));
    if (row.fileId === null) await deps.db.invoiceFile.update({ where, data: { state: 'uploaded', fileId } });
    await deps.delivery.share(place, fileId, invoice);
    await deps.db.invoiceFile.update({
      where,
      data: { state: 'sent', sentAt: deps.clock.now(), nextAttemptAt: null, lastError: null },
    });
  } catch (error) {
    await recordFailure(deps, row, error);
  }
}

/** The message that the file belongs to: the invoice's notice, or a line to the person who asked. */
async function findPlace(
  deps: InvoiceFileDeps,
  row: InvoiceFileRow,
  invoice: InvoiceDocument,
): Promise<FilePlace> {
  const { teamId, userId } = row;
  if (teamId === null || userId === null) return await findNotice(deps, row);
  if (row.channelId !== null && row.messageTs !== null)
    return { teamId, channelId: row.channelId, messageTs: row.messageTs };
  const person = await findPerson(deps.db, { teamId, userId });
  if (person === null || person.company.id !== row.companyId || !isCompanyAdmin(person))
    throw new NoticeDeliveryError('who asked is no company admin any more', { permanent: true });
  const place = await deps.delivery.announce({ teamId, userId }, invoice);
  await deps.db.invoiceFile.update({
    where: { companyId_id: { companyId: row.companyId, id: row.id } },
    data: { channelId: place.channelId, messageTs: place.messageTs },
  });
  return place;
}

async function findNotice({ db }: InvoiceFileDeps, row: InvoiceFileRow): Promise<FilePlace> {
  const notice = await db.notice.findUnique({
    where: {
      companyId_dedupeKey: { companyId: row.companyId, dedupeKey: noticeKey({ id: row.invoiceId }) },
    },
  });
  const messageTs = notice?.messageTs ?? null;
  if (notice !== null && messageTs !== null)
    return { teamId: notice.teamId, channelId: notice.channelId, messageTs };
  throw new NoticeDeliveryError('its notice is not posted yet', {
    permanent: notice === null || notice.state === 'failed',
  });
}

async function recordFailure(deps: InvoiceFileDeps, row: InvoiceFileRow, error: unknown): Promise<void> {
  const known = error instanceof NoticeDeliveryError ? error : null;
  const attempts = row.attempts + 1;
  const waitMs = known?.retryAfterMs ?? backoffMs(row.attempts, BACKOFF);
  const isOver = known?.permanent === true || attempts >= MAX_ATTEMPTS;
  deps.log[isOver ? 'error' : 'warn'](
    { err: error, file: row.id.toString(), attempts },
    isOver
      ? 'an invoice’s file cannot be delivered'
      : 'an invoice’s file was not delivered; it will be tried again',
  );
  await deps.db.invoiceFile.update({
    where: { companyId_id: { companyId: row.companyId, id: row.id } },
    data: {
      attempts,
      lastError: error instanceof Error ? error.message : String(error),
      ...(error instanceof FileGoneError ? { state: 'pending', fileId: null } : {}),
      ...(isOver
        ? { state: 'failed', nextAttemptAt: null }
        : { nextAttemptAt: new Date(deps.clock.now().getTime() + waitMs) }),
    },
  });
}

/** Wakes every file that is due but was not handed over: its job was lost, or its waiting time is over. */
export async function sweepInvoiceFiles(deps: { db: Db; clock: Clock }): Promise<void> {
  const due = await deps.db.invoiceFile.findMany({
    where: { nextAttemptAt: { lte: deps.clock.now() } },
    select: { companyId: true, id: true },
    orderBy: { nextAttemptAt: 'asc' },
    take: 100,
  });
  for (const key of due) await enqueueFile(deps.db, key);
}
