import { type Db, Prisma } from '../../db/index.ts';
import { keyOfUnread } from '../ingest/usage-keys.ts';
import { VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import type { ConvertedCompany } from './convert-records.ts';
import { rekey } from './rekey.ts';

/** Where events are stored under the key of their usage. */
const TABLES = ['usage_leg', 'usage_inbox', 'usage_unattributed'];
const PAGE = 1_000;

interface Row {
  external_id: string;
  unread: string | null;
}

/** Converts the keys of a company's stored events, also within the events, and of what its audit says was accepted. */
export async function convertEvents(db: Db, company: ConvertedCompany): Promise<void> {
  for (const table of TABLES) await convertTable(db, Prisma.raw(table), company);
  await convertAudit(db, company);
}

async function convertTable(
  db: Db,
  table: Prisma.Sql,
  { companyId, numberKey }: ConvertedCompany,
): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db.$queryRaw<Row[]>`
      SELECT DISTINCT external_id, CASE WHEN external_id ~ '^unread:[0-9a-f]{64}$' THEN event->>'unread' END AS unread
      FROM ${table} WHERE company_id = ${companyId} AND source = ${VENDOR_SOURCE} AND external_id > ${after}
      ORDER BY external_id LIMIT ${PAGE}`;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.external_id;
    const changed = rows
      .map(({ external_id: id, unread }) => ({
        id,
        newId: unread === null ? rekey(id, numberKey) : keyOfUnread(unread, numberKey),
      }))
      .filter(({ id, newId }) => id !== newId);
    await db.$executeRaw`
      UPDATE ${table} AS stored SET external_id = changed.new_id, event = CASE
        WHEN stored.event ? 'externalId' THEN jsonb_set(stored.event, '{externalId}', to_jsonb(changed.new_id))
        ELSE stored.event END
      FROM unnest(${changed.map(({ id }) => id)}::text[], ${changed.map(({ newId }) => newId)}::text[])
        AS changed (id, new_id)
      WHERE stored.company_id = ${companyId} AND stored.source = ${VENDOR_SOURCE} AND stored.external_id = changed.id`;
  }
}

async function convertAudit(db: Db, { companyId, numberKey }: ConvertedCompany): Promise<void> {
  const rows = await db.$queryRaw<{ id: bigint; key: string }[]>`
    SELECT id, details->>'id' AS key FROM audit
    WHERE company_id = ${companyId} AND action = 'usage-accepted' AND details->>'source' = ${VENDOR_SOURCE}`;
  for (const { id, key } of rows)
    await db.$executeRaw`UPDATE audit SET details = jsonb_set(details, '{id}', to_jsonb(${rekey(key, numberKey)}::text))
      WHERE company_id = ${companyId} AND id = ${id}`;
}
