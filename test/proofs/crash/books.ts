import type Stripe from 'stripe';
import type { Db } from '../../../src/db/index.ts';
import type { Driver } from '../../../src/stand-ins/local-workspace/index.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';

/** Charges by order, as the processor has them: `company/order` → how many succeeded. */
export type Charges = Map<string, number>;

/** Asks the processor, over its API, for everything that was charged. */
export async function readCharges(stripe: Stripe): Promise<Charges> {
  const charges: Charges = new Map();
  for await (const intent of stripe.paymentIntents.list({ limit: 100 })) {
    if (intent.status !== 'succeeded') continue;
    const order = (intent.metadata.reference ?? '').split('/').slice(0, 2).join('/');
    charges.set(order, (charges.get(order) ?? 0) + 1);
  }
  return charges;
}

/** Credits by order, as the ledger has them: `company/order` → how many grants. */
export async function readCredits(db: Db): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ company_id: bigint; reference: string; grants: bigint }[]>`
    SELECT company_id, reference, count(*) AS grants FROM entry
    WHERE type = 'grant' AND source = 'purchase' GROUP BY company_id, reference`;
  return new Map(rows.map((row) => [`${row.company_id}/${row.reference}`, Number(row.grants)]));
}

/** How often each receipt stands in the channel: receipt number → messages. */
export async function readReceiptMessages(
  driver: Driver,
  user: string,
  channel: string,
): Promise<Map<string, number>> {
  const told = new Map<string, number>();
  for (const message of await driver.messages(user, channel)) {
    const receipt = /R-\d{6}/.exec(`${message.text}\n${visibleText(message.blocks)}`)?.[0];
    if (receipt !== undefined) told.set(receipt, (told.get(receipt) ?? 0) + 1);
  }
  return told;
}

export interface CrashFindings {
  charges: number;
  credits: number;
  /** Orders charged, or credited, more than once. */
  doubled: number;
  /** Orders charged and not credited, or credited and not charged. */
  missing: number;
  /** Credited orders without a receipt in the channel. */
  noticesMissing: number;
  /** Receipts said more than once: a kill between Slack's answer and our note of it leaves no way to know. */
  noticesRepeated: number;
}

/** Holds the processor's books, the ledger and the channel against each other. */
export async function compareBooks(
  charges: Charges,
  credits: Map<string, number>,
  receipts: Map<string, number>,
  settled: readonly string[],
): Promise<CrashFindings> {
  const orders = new Set([...charges.keys(), ...credits.keys()]);
  const count = (books: Map<string, number>): number => [...books.values()].reduce((sum, n) => sum + n, 0);
  return {
    charges: count(charges),
    credits: count(credits),
    doubled: [...orders].filter((order) => (charges.get(order) ?? 0) > 1 || (credits.get(order) ?? 0) > 1)
      .length,
    missing: [...orders].filter((order) => !charges.has(order) || !credits.has(order)).length,
    noticesMissing: settled.filter((receipt) => !receipts.has(receipt)).length,
    noticesRepeated: [...receipts.values()].filter((times) => times > 1).length,
  };
}
