import type { Config } from '../config.ts';
import type { Db } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';
import { isInformation, listOperatorNotices, placeOf, type SecretBox } from '../org/index.ts';
import { listDecks } from '../usage/index.ts';
import { type Check, fault, notChecked, ok } from './check.ts';

/** As the alert RefillNotVerified has it. */
const STALE_VERIFICATION_MS = 1.5 * DAY_MS;
const STALE_DIRECTORY_MS = 48 * HOUR_MS;
/** What Slack answers where the app cannot post. */
const BOT_IS_OUTSIDE = new Set(['not_in_channel', 'channel_not_found', 'is_archived']);

export interface BooksQuestion {
  readonly db: Db;
  readonly config: Config;
  readonly secrets: SecretBox;
  readonly now: Date;
}

/** What the database alone shows: rates, usage that waits, directories, channels, invoices, sealed secrets. */
export async function checkBooks(question: BooksQuestion): Promise<Check[]> {
  return [
    ...(await checkSecrets(question)),
    await checkRates(question),
    await checkWaitingUsage(question),
    ...(await checkDirectories(question)),
    ...(await checkChannels(question)),
    await checkInvoiceEmails(question),
    await checkNotices(question),
    await checkVerified(question),
    await checkWorkers(question),
  ];
}

async function checkSecrets({ db, secrets }: BooksQuestion): Promise<Check[]> {
  const sealed = [
    ...(await db.workspace.findMany()).map((row) => ({
      what: `the token of workspace ${row.name}`,
      text: row.botTokenEncrypted,
      place: placeOf('workspace', 'bot_token_encrypted', row.teamId),
    })),
    ...(await db.directorySource.findMany()).map((row) => ({
      what: `the phone system’s key of company ${row.companyId}`,
      text: row.keyEncrypted,
      place: placeOf('directory_source', 'key_encrypted', row.companyId),
    })),
    ...(await db.usageWebhook.findMany({ where: { revokedAt: null } })).map((row) => ({
      what: `a webhook’s secret of company ${row.companyId}`,
      text: row.secretEncrypted,
      place: placeOf('usage_webhook', 'secret_encrypted', row.token),
    })),
  ];
  const closed = sealed.filter(({ text, place }) => text !== '' && !opens(secrets, text, place));
  const how = 'opened each of them';
  if (closed.length === 0) return [ok('secrets', `All ${sealed.length} stored secrets open.`, how)];
  return [
    fault(
      'secrets',
      `Stored secrets do not open: ${closed.map(({ what }) => what).join(', ')}.`,
      how,
      'Set REFILL_SECRET_KEY to the key they were stored under.',
    ),
  ];
}

function opens(secrets: SecretBox, text: string, place: string): boolean {
  try {
    secrets.open(text, place);
    return true;
  } catch {
    return false;
  }
}

async function checkRates({ db, now }: BooksQuestion): Promise<Check> {
  const decks = await listDecks(db, now);
  const how = 'looked for a deck in force now';
  const inForce = decks.find(({ isInForce }) => isInForce);
  if (inForce !== undefined) return ok('rates', `Rate deck version ${inForce.version} is in force.`, how);
  return fault('rates', 'No rate deck is in force: all usage waits.', how, 'refill rates import FILE');
}

async function checkWaitingUsage({ db }: BooksQuestion): Promise<Check> {
  const rows = await db.usageInbox.groupBy({ by: ['companyId', 'reason'], _count: { _all: true } });
  const how = 'counted the inbox of each company';
  if (rows.length === 0) return ok('usage', 'No usage waits.', how);
  const list = rows.map((row) => `company ${row.companyId}: ${row._count._all} ${row.reason}`).join(', ');
  return fault('usage', `Usage waits (${list}).`, how, 'refill usage inbox --company COMPANY says why');
}

async function checkDirectories({ db, now }: BooksQuestion): Promise<Check[]> {
  const sources = await db.directorySource.findMany({ orderBy: { companyId: 'asc' } });
  if (sources.length === 0)
    return [
      notChecked('directory', 'No phone system is connected; directories from files cannot grow stale.'),
    ];
  const stale = sources.filter(
    ({ doneAt, dueAt }) =>
      now.getTime() - (doneAt ?? dueAt).getTime() > (doneAt === null ? HOUR_MS : STALE_DIRECTORY_MS),
  );
  const how = 'looked when each directory was last read in full';
  if (stale.length === 0) return [ok('directory', 'Every connected directory was read lately.', how)];
  return stale.map(({ companyId, doneAt, message }) =>
    fault(
      'directory',
      `The directory of company ${companyId} was last read ${doneAt?.toISOString() ?? 'never'}${message === null ? '' : ` (${message})`}.`,
      how,
      `refill directory sync --company ${companyId}`,
    ),
  );
}

interface ChannelRow {
  company_id: bigint;
  channel_id: string | null;
  error: string | null;
  sent_at: Date | null;
}

/** By the newest post of each channel: the scope to ask Slack about channels is not in the manifest. */
async function checkChannels({ db }: BooksQuestion): Promise<Check[]> {
  const rows = await db.$queryRaw<ChannelRow[]>`
    SELECT w.company_id, c.channel_id, n.last_error AS error, n.sent_at
    FROM workspace AS w
    LEFT JOIN (SELECT DISTINCT company_id, channel_id FROM notice_channel) AS c ON c.company_id = w.company_id
    LEFT JOIN LATERAL (
      SELECT CASE WHEN state = 'failed' OR sent_at IS NULL THEN last_error END AS last_error, sent_at
      FROM notice WHERE company_id = c.company_id AND channel_id = c.channel_id
      ORDER BY id DESC LIMIT 1) AS n ON true
    WHERE w.company_id IS NOT NULL ORDER BY w.company_id, c.channel_id`;
  if (rows.length === 0) return [notChecked('channels', 'No company is linked to Slack yet.')];
  return rows.map(judgeChannel);
}

function judgeChannel({ company_id, channel_id, error, sent_at }: ChannelRow): Check {
  const how = 'the result of the newest post there';
  if (channel_id === null)
    return fault(
      'channels',
      `Company ${company_id} has no notification channel: its notices reach no channel.`,
      'looked at its settings',
      `refill channel set --company ${company_id} CHANNEL, or /credits settings`,
    );
  if (error !== null && BOT_IS_OUTSIDE.has(error))
    return fault(
      'channels',
      `Company ${company_id}: Refill cannot post in ${channel_id} (${error}).`,
      how,
      'Invite it there: /invite @Refill',
    );
  if (error !== null)
    return fault(
      'channels',
      `Company ${company_id}: the newest post in ${channel_id} failed (${error}).`,
      how,
      'See the log.',
    );
  if (sent_at === null)
    return notChecked('channels', `Company ${company_id}: nothing was posted in ${channel_id} yet.`);
  return ok('channels', `Company ${company_id}: the newest post in ${channel_id} arrived.`, how);
}

async function checkInvoiceEmails({ db, config }: BooksQuestion): Promise<Check> {
  if (!config.mirrorsInvoices)
    return notChecked('invoice-email', 'Invoices are not sent by the processor (STRIPE_INVOICES).');
  const without = await db.company.findMany({
    where: { billingMethod: 'invoice', invoiceEmail: null },
    select: { id: true, name: true },
  });
  const how = 'looked for an invoice e-mail of each company that pays by invoice';
  if (without.length === 0)
    return ok('invoice-email', 'Every company that pays by invoice has an e-mail.', how);
  return fault(
    'invoice-email',
    `No invoice e-mail: ${without.map(({ id, name }) => `${name} (${id})`).join(', ')}.`,
    how,
    'refill invoice set-email --company COMPANY ADDRESS',
  );
}

async function checkNotices({ db }: BooksQuestion): Promise<Check> {
  const open = (await listOperatorNotices(db)).filter(({ kind }) => !isInformation(kind));
  const how = 'listed the open operator notices';
  if (open.length === 0) return ok('operator-notices', 'No operator notice is open.', how);
  const list = open.map(({ kind, company }) => `${kind}${company === null ? '' : ` (${company.name})`}`);
  return fault('operator-notices', `Open operator notices: ${list.join(', ')}.`, how, 'refill operator list');
}

async function checkVerified({ db, now }: BooksQuestion): Promise<Check> {
  const last = await db.verification.findFirst({ orderBy: { finishedAt: 'desc' } });
  if (last === null)
    return notChecked(
      'verification',
      'The books were not verified yet; a worker does it at 03:00 UTC.',
      'refill verify',
    );
  const { finishedAt, findings } = last;
  const how = 'looked when the books were last verified, by night or by hand';
  const when = `The books were last verified at ${finishedAt.toISOString()}`;
  if (findings > 0)
    return fault('verification', `${when}, with findings: ${findings}.`, how, 'refill verify');
  if (now.getTime() - finishedAt.getTime() > STALE_VERIFICATION_MS)
    return fault(
      'verification',
      `${when}.`,
      how,
      'refill verify, and see why no worker does it at 03:00 UTC',
    );
  return ok('verification', `${when}, and hold.`, how);
}

/** As the alert RefillNoWorker has it: by the clock that the workers' signs of life are written by. */
async function checkWorkers({ db }: BooksQuestion): Promise<Check> {
  const [row] = await db.$queryRaw<{ is_alive: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM worker_heartbeat WHERE seen_at > clock_timestamp() - interval '1 minute') AS is_alive`;
  const how = 'looked for a sign of life of a worker within the last minute';
  if (row?.is_alive === true) return ok('workers', 'A worker runs.', how);
  return fault(
    'workers',
    'No worker runs: purchases are accepted and wait, and nothing is charged, credited or told.',
    how,
    'Start Refill, or a process with REFILL_ROLE=worker',
  );
}
