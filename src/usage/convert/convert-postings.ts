import type { Db } from '../../db/index.ts';
import type { ConvertedCompany } from './convert-records.ts';
import { rekey } from './rekey.ts';

const PAGE = 1_000;

interface Row {
  key: string;
  usage: string | null;
  has_facts: boolean;
}

/** Converts the keys of a company's postings about usage, and forgets what they were compared by: numbers are hashed in it. */
export async function convertPostings(db: Db, { companyId, numberKey }: ConvertedCompany): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db.$queryRaw<Row[]>`
      SELECT key, result->>'usage' AS usage, facts IS NOT NULL AND operation <> 'settle-hold' AS has_facts
      FROM posting WHERE company_id = ${companyId} AND key > ${after}
        AND operation IN ('correct-usage', 'refund-usage', 'settle-hold')
      ORDER BY key LIMIT ${PAGE}`;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
    const changed = rows
      .map(({ key, usage, has_facts: hasFacts }) => {
        const newUsage = usage === null ? null : rekey(usage, numberKey);
        const newKey = rekey(key, numberKey);
        return { key, newKey, newUsage, isChanged: hasFacts || newKey !== key || newUsage !== usage };
      })
      .filter(({ isChanged }) => isChanged);
    await db.$executeRaw`SELECT ledger_convert_postings(${companyId}, ${changed.map(({ key }) => key)}::text[],
      ${changed.map(({ newKey }) => newKey)}::text[], ${changed.map(({ newUsage }) => newUsage)}::text[])`;
  }
}
