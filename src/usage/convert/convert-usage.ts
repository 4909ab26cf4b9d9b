/**
 * Converts what the version before stored: its keys have phone numbers in them, and its seals cover the numbers themselves.
 * Page by page, each a transaction that leaves books which verify: a process that dies goes on at the next start. Nothing may
 * be posted meanwhile, as a record that comes again would not be found under its old key; so every start waits for it.
 */
import type { Clock } from '../../clock.ts';
import { type Db, openDb } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { readNumberKey, type SecretBox } from '../../org/index.ts';
import { convertEvents } from './convert-events.ts';
import { convertPostings } from './convert-postings.ts';
import { convertRecords } from './convert-records.ts';

export interface UsageConversion {
  url: string;
  secrets: SecretBox;
  clock: Clock;
  log: Logger;
}

/**
 * Converts every company that is not yet, on a connection of its own. Returns whether there was one.
 * Throws RefillError `secret-key-wrong`, and what opening the database throws.
 */
export async function convertUsage(of: UsageConversion): Promise<boolean> {
  const db = await openDb({ url: of.url, log: of.log, poolSize: 2, statementTimeoutMs: 0 });
  try {
    const companies = await db.usageConversion.findMany({ orderBy: { companyId: 'asc' } });
    if (companies.length === 0) return false;
    // Entries of a usage are looked up by its key, of every type.
    await db.$executeRaw`CREATE INDEX IF NOT EXISTS entry_conversion ON entry (company_id, source, reference)`;
    for (const { companyId } of companies) await convertCompany(db, of, companyId);
    await db.$executeRaw`DROP INDEX IF EXISTS entry_conversion`;
    await db.usageConversion.deleteMany();
    return true;
  } finally {
    await db.$disconnect();
  }
}

async function convertCompany(db: Db, of: UsageConversion, companyId: bigint): Promise<void> {
  const numberKey = await readNumberKey({ ...of, db }, companyId);
  const company = { companyId, numberKey, at: of.clock.now() };
  const records = await convertRecords(db, company);
  await convertPostings(db, company);
  await convertEvents(db, company);
  of.log.info({ company: companyId.toString(), records }, 'usage of an earlier version converted');
}
