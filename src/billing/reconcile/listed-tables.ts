import type { Db } from '../../db/index.ts';
import { fromCents, toMicros } from '../../money.ts';
import type { GatewayDispute, GatewayRefund } from '../gateway.ts';
import type { ListedPayment, ListPeriod, ProcessorLists } from '../processor-lists.ts';

/**
 * The processor's lists as temporary tables of this database connection, so that a year of payments is compared with the
 * books without being held in memory. Company, order and check are what our reference names.
 */
const TABLES = [
  `CREATE TEMP TABLE listed_payment (
    id text PRIMARY KEY, created_at timestamptz NOT NULL, status text NOT NULL, received_micros bigint NOT NULL,
    currency text NOT NULL, customer_id text, company_id bigint, order_id bigint, check_id bigint)`,
  `CREATE TEMP TABLE listed_refund (
    id text PRIMARY KEY, created_at timestamptz NOT NULL, intent_id text, amount_micros bigint NOT NULL,
    state text NOT NULL)`,
  'CREATE INDEX ON listed_refund (intent_id)',
  `CREATE TEMP TABLE listed_dispute (
    id text PRIMARY KEY, created_at timestamptz NOT NULL, intent_id text, amount_micros bigint NOT NULL,
    state text NOT NULL)`,
];

/** Reads the processor's lists of a period into temporary tables, page by page; `onListed` is told how many there are by now. `db` must be a single connection. */
export async function loadLists(
  db: Db,
  lists: ProcessorLists,
  period: ListPeriod,
  onListed: (count: number) => void,
): Promise<void> {
  let listed = 0;
  const count = <T>(page: readonly T[]): readonly T[] => {
    listed += page.length;
    onListed(listed);
    return page;
  };
  for (const table of TABLES) await db.$executeRawUnsafe(table);
  for await (const page of lists.listPayments(period)) await storePayments(db, count(page));
  for await (const page of lists.listRefunds(period)) await storeMoneyBack(db, 'listed_refund', count(page));
  for await (const page of lists.listDisputes(period))
    await storeMoneyBack(db, 'listed_dispute', count(page));
  for (const name of ['payment', 'refund', 'dispute']) await db.$executeRawUnsafe(`ANALYZE listed_${name}`);
}

/** Adds payments, or brings them up to date. */
export async function storePayments(db: Db, page: readonly ListedPayment[]): Promise<void> {
  const references = page.map(({ reference }) => readReference(reference));
  await db.$executeRaw`
    INSERT INTO listed_payment
    SELECT * FROM unnest(${page.map(({ intentId }) => intentId)}::text[],
      ${page.map(({ createdAt }) => createdAt)}::timestamptz[], ${page.map(({ status }) => status)}::text[],
      ${page.map(({ receivedCents }) => toMicros(fromCents(receivedCents)))}::bigint[],
      ${page.map(({ currency }) => currency)}::text[], ${page.map(({ customerId }) => customerId)}::text[],
      ${references.map(({ companyId }) => companyId)}::bigint[],
      ${references.map(({ orderId }) => orderId)}::bigint[],
      ${references.map(({ checkId }) => checkId)}::bigint[])
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, received_micros = excluded.received_micros,
      currency = excluded.currency, customer_id = excluded.customer_id`;
}

/** Adds refunds or disputes, or brings them up to date. */
export async function storeMoneyBack(
  db: Db,
  table: 'listed_refund' | 'listed_dispute',
  page: readonly (GatewayRefund | GatewayDispute)[],
): Promise<void> {
  await db.$executeRawUnsafe(
    `INSERT INTO ${table} SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[])
     ON CONFLICT (id) DO UPDATE SET amount_micros = excluded.amount_micros, state = excluded.state`,
    page.map(({ id }) => id),
    page.map(({ createdAt }) => createdAt),
    page.map(({ intentId }) => intentId),
    page.map(({ amount }) => toMicros(amount)),
    page.map(({ state }) => state),
  );
}

interface Reference {
  companyId: bigint | null;
  orderId: bigint | null;
  checkId: bigint | null;
}

/** What a payment's reference names: `company/order/attempt`, or `company/card-check/check`; nothing for somebody else's. */
function readReference(reference: string | null): Reference {
  const nothing = { companyId: null, orderId: null, checkId: null };
  const [, company, check, order] =
    /^(\d{1,18})\/(?:card-check\/(\d{1,18})|(\d{1,18})\/\d{1,9})$/.exec(reference ?? '') ?? [];
  if (company === undefined) return nothing;
  return {
    companyId: BigInt(company),
    orderId: order === undefined ? null : BigInt(order),
    checkId: check === undefined ? null : BigInt(check),
  };
}
