import { z } from 'zod';
import { Prisma } from '../../db/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, GatewayUnknownError } from '../gateway.ts';
import { listOtherPayments } from './other-payments.ts';

const EVERY_MS = 15 * MINUTE_MS;
/** Swept twice, as the processor's clock and ours may differ, and its lists may lag. */
const OVERLAP_MS = HOUR_MS;
/** How far the first sweep goes back: as long as card networks let a payment be disputed. */
const INITIAL_LOOKBACK_MS = 120 * DAY_MS;
const MAX_ROWS = 200;

/** Which of the processor's lists are swept. */
export const sweepSubject = z.enum(['refunds', 'disputes']);

interface Listed {
  id: string;
  state: string;
  intentId: string | null;
}

/** Objects of the processor that take back payments, and how a feature follows them. */
interface Subject {
  name: z.infer<typeof sweepSubject>;
  table: Prisma.Sql;
  list(since: Date): Promise<Listed[]>;
  follow(id: string): Promise<void>;
}

/**
 * Finds what no webhook told of (R16): every 15 minutes what was created at the processor since the last sweep, and each
 * open one of ours by its id. Without an answer the next sweep goes on from the same place. Applies R16.8.
 */
export async function sweepProcessor(deps: BillingDeps, subject: Subject): Promise<void> {
  try {
    await followNew(deps, subject);
    await followDue(deps, subject);
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    deps.log.warn(
      { err: error, subject: subject.name },
      'the processor could not be asked what it gave back',
    );
  }
}

async function followNew(deps: BillingDeps, subject: Subject): Promise<void> {
  const now = deps.clock.now();
  const since = await claimSweep(deps, subject, now);
  if (since === null) return;
  const listed = await subject.list(new Date(since.getTime() - OVERLAP_MS));
  for (const id of await pickNews(deps, subject, listed)) await follow(deps, subject, id);
  await deps.db.processorSweep.update({ where: { subject: subject.name }, data: { sweptUntil: now } });
}

/** Since when to sweep, where it is time to; several processes sweep once. */
async function claimSweep({ db }: BillingDeps, { name }: Subject, now: Date): Promise<Date | null> {
  const dueAt = new Date(now.getTime() + EVERY_MS);
  const rows = await db.$queryRaw<{ since: Date }[]>`
    INSERT INTO processor_sweep (subject, swept_until, due_at)
    VALUES (${name}, ${new Date(now.getTime() - INITIAL_LOOKBACK_MS)}, ${dueAt})
    ON CONFLICT (subject) DO UPDATE SET due_at = excluded.due_at WHERE processor_sweep.due_at <= ${now}
    RETURNING swept_until AS since`;
  return rows[0]?.since ?? null;
}

/** Those that are about payments of ours, and that our rows do not say so of yet. */
async function pickNews({ db }: BillingDeps, { table }: Subject, listed: Listed[]): Promise<string[]> {
  const ours = [
    news(Prisma.sql`payment_attempt`, table),
    ...listOtherPayments().map(({ payments, claims }) => news(Prisma.raw(payments), Prisma.raw(claims))),
  ];
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT listed.id
    FROM unnest(${listed.map(({ id }) => id)}::text[], ${listed.map(({ state }) => state)}::text[],
      ${listed.map(({ intentId }) => intentId ?? '')}::text[]) WITH ORDINALITY AS listed(id, state, intent_id, nth)
    WHERE ${Prisma.join(ours, ' OR ')}
    -- The processor lists the newest first.
    ORDER BY listed.nth DESC`;
  return rows.map(({ id }) => id);
}

/** It is about one of these payments, and the row that says how it stands has another state, or is not there. */
function news(payments: Prisma.Sql, claims: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    EXISTS (SELECT FROM ${payments} AS paid WHERE paid.intent_id = listed.intent_id)
    AND NOT EXISTS (SELECT FROM ${claims} AS known WHERE known.processor_id = listed.id AND known.state = listed.state))`;
}

/** Polls our open rows that are due. */
async function followDue(deps: BillingDeps, subject: Subject): Promise<void> {
  await followDueRows(deps, subject, subject.table, Prisma.sql`true`);
  const kind = subject.name === 'refunds' ? 'refund' : 'dispute';
  for (const { claims } of listOtherPayments())
    await followDueRows(deps, subject, Prisma.raw(claims), Prisma.sql`kind = ${kind}`);
}

/** Polls the open rows of a table, each put off first, so that another process does not poll it beside this one. */
async function followDueRows(
  deps: BillingDeps,
  subject: Subject,
  table: Prisma.Sql,
  where: Prisma.Sql,
): Promise<void> {
  const now = deps.clock.now();
  const rows = await deps.db.$queryRaw<{ id: string }[]>`
    UPDATE ${table} AS polled SET next_poll_at = ${new Date(now.getTime() + EVERY_MS)}
    FROM (
      SELECT processor_id FROM ${table} WHERE next_poll_at <= ${now} AND ${where}
      ORDER BY next_poll_at LIMIT ${MAX_ROWS} FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE polled.processor_id = due.processor_id
    RETURNING polled.processor_id AS id`;
  for (const { id } of rows) await follow(deps, subject, id);
}

/** One that the processor does not know, or refuses to show, does not keep the others from being followed. */
async function follow(deps: BillingDeps, subject: Subject, id: string): Promise<void> {
  try {
    await subject.follow(id);
  } catch (error) {
    if (!(error instanceof GatewayRefusedError)) throw error;
    deps.log.warn({ err: error, subject: subject.name, id }, 'the processor does not show what it gave back');
  }
}
