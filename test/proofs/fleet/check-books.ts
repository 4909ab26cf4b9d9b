import { MovableClock } from '../../../src/clock.ts';
import type { Db } from '../../../src/db/index.ts';
import { CREDITS_CHANNEL_ID } from '../../../src/demo/cast.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { runRefill } from '../../support/run-refill.ts';
import {
  type CrashFindings,
  compareBooks,
  readCharges,
  readCredits,
  readReceiptMessages,
} from '../crash/books.ts';
import { BUYERS } from '../crash/buy.ts';
import type { Stage } from '../crash/stage.ts';
import { compareWithBooks } from '../holds/compare-with-books.ts';
import type { PhoneSystem } from './phone-system.ts';

const MAX_FAULTS = 10;

export interface Compared extends CrashFindings {
  /** Records in the ledger, of those that the phone system sent. */
  posted: number;
  faults: string[];
}

/** Compares what everybody was answered with what is in the books, and the books with themselves and the card processor's. */
export async function checkBooks(stage: Stage, companyId: bigint, phones: PhoneSystem): Promise<Compared> {
  const { db, stripe, slack, env } = stage;
  const usage = await compareUsage(db, companyId, phones.expected);
  const settled = await db.purchaseOrder.findMany({ where: { state: 'settled' } });
  const orders = await compareBooks(
    await readCharges(stripe),
    await readCredits(db),
    await readReceiptMessages(slack.driver, BUYERS[0], CREDITS_CHANNEL_ID),
    settled.map((order) => `R-${order.receiptNumber?.toString().padStart(6, '0')}`),
  );
  const faults = [...usage.faults, ...(await compareWithBooks(db, companyId, phones.played))];
  if (orders.doubled > 0) faults.push(`${orders.doubled} orders are charged or credited twice`);
  if (orders.missing > 0) faults.push(`${orders.missing} orders are charged, or credited, alone`);
  if (orders.noticesMissing > 0) faults.push(`${orders.noticesMissing} receipts are not in the channel`);
  if (orders.credits !== settled.length)
    faults.push(`${orders.credits} orders are credited, and ${settled.length} are settled`);
  // By default it leaves out the last half hour, in which payments are still under way.
  for (const [command, aheadMs] of [
    ['verify', 0],
    ['reconcile', HOUR_MS],
  ] as const) {
    const { status, stdout, stderr } = await runRefill([command], env, { clock: new MovableClock(aheadMs) });
    if (status !== 0) faults.push(`refill ${command} found: ${`${stderr}${stdout}`.slice(0, 1_000)}`);
  }
  return { ...orders, posted: usage.posted, faults };
}

/** Each record that was taken is posted once, for what it costs; and none that was not sent. */
async function compareUsage(
  db: Db,
  companyId: bigint,
  expected: ReadonlyMap<string, bigint>,
): Promise<{ posted: number; faults: string[] }> {
  const rows = await db.$queryRaw<{ id: string; costs: string }[]>`
    SELECT external_id AS id, string_agg(cost_micros::text, ',') AS costs FROM usage_record
    WHERE company_id = ${companyId} AND external_id LIKE 'usage-%' GROUP BY external_id`;
  const posted = new Map(rows.map(({ id, costs }) => [id, costs]));
  const faults: string[] = [];
  for (const [id, micros] of expected) {
    const found = posted.get(id) ?? 'nothing';
    if (found !== String(micros)) faults.push(`${id} is charged ${found}, not ${micros}`);
  }
  for (const id of posted.keys())
    if (!expected.has(id)) faults.push(`${id} is charged, and was not answered`);
  const shown = faults.slice(0, MAX_FAULTS);
  if (faults.length > MAX_FAULTS) shown.push(`and ${faults.length - MAX_FAULTS} more of usage`);
  return { posted: posted.size, faults: shown };
}
