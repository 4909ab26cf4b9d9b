import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type TestCompany, testCompany } from '../../support/company.ts';
import type { Database } from '../database.ts';
import { type Figure, median } from '../figures.ts';
import type { Measure } from './measure.ts';

const RECORDS = 1_000_000;
const QUICK_RECORDS = 200_000;
const FROM = new Date('2026-10-01T00:00:00Z');
const TO = new Date('2026-11-01T00:00:00Z');
const COLUMNS = `usage_at, category, direction, member_id, department_id, office_id, internal_number, external_number,
  duration_ms, billed_seconds, quantity, cost_micros, price, source, external_id`;

/** A packed file of many records, in a process of its own, against COPY of the same columns to a client that keeps nothing. */
export const exportFile: Measure = {
  id: 'export',
  async run({ isQuick, database }) {
    const on = await database();
    const records = isQuick ? QUICK_RECORDS : RECORDS;
    const company = await testCompany(on.db);
    await fill(on, company, records);
    const rounds = [];
    for (let n = 3; n > 0; n -= 1)
      rounds.push({
        copyMs: await copyOut(on, company.companyId),
        made: await makeFile(on, company.companyId, records),
      });
    const rate = (ms: number): string => ((records * 1_000) / ms).toFixed(0);
    const peakMb = Math.max(...rounds.map(({ made }) => made.peakMb));
    const idleMb = median(rounds.map(({ made }) => made.idleMb));
    const figures: Figure[] = [
      {
        id: 'export',
        value: median(rounds.map(({ copyMs, made }) => copyMs / made.ms)),
        target: '>= 0.15',
        absolute: `${rate(median(rounds.map(({ made }) => made.ms)))} records/s against COPY of ${rate(median(rounds.map(({ copyMs }) => copyMs)))}/s`,
      },
      {
        id: 'exportRssMb',
        value: peakMb,
        target: '<= 150',
        absolute: `${records} records; ${idleMb.toFixed(0)} MB of it before the first`,
      },
    ];
    return figures;
  },
};

/** Records and the sums of a whole period as the ledger would have left them; nothing here verifies the books. */
async function fill({ client }: Database, company: TestCompany, records: number): Promise<void> {
  const { companyId, officeIds } = company;
  await client.query('SET session_replication_role = replica');
  await client.query(
    `INSERT INTO member (company_id, office_id, kind, name, licence)
      SELECT $1, $2, 'person', 'Person ' || n, 'talk' FROM generate_series(1, 200) AS n`,
    [companyId, officeIds[0]],
  );
  await client.query(
    `INSERT INTO usage_record (company_id, source, external_id, revision, office_id, department_id, member_id, class,
        category, direction, external_number, internal_number, usage_at, duration_ms, billed_seconds, quantity,
        cost_micros, price, facts, version, posted_at, seal)
      SELECT $1, 'dialpad', 'call:' || (4600000000000000000 + n) || ':+44207946' || lpad((n % 10000)::text, 4, '0'), 0, $2,
        NULL, m.ids[1 + n % 200], 'calls', 'international', CASE n % 2 WHEN 0 THEN 'outbound' ELSE 'inbound' END,
        '+44207946' || lpad((n % 10000)::text, 4, '0'), '+1415555' || lpad((n % 200)::text, 4, '0'),
        $3::timestamptz + n * (interval '30 days' / $5), (n * 997) % 600000, (n % 10) * 60, 1, (n % 10) * 11100,
        '+44 20, $0.0111/min, ' || (n * 997) % 600000 / 1000 || ' s billed as ' || (n % 10) * 60 || ' s', n, 0, $4, n
      FROM generate_series(1, $5::int) AS n,
        (SELECT array_agg(id ORDER BY id) AS ids FROM member WHERE company_id = $1) AS m`,
    [companyId, officeIds[0], FROM, TO, records],
  );
  await client.query(
    `INSERT INTO usage_kind_rollup (company_id, bucket_at, office_id, category, records, billed_seconds, quantity,
        cost_micros)
      SELECT company_id, date_bin('15 minutes', usage_at, 'epoch'), office_id, category, count(*), sum(billed_seconds),
        sum(quantity), sum(cost_micros)
      FROM usage_record WHERE company_id = $1 GROUP BY 1, 2, 3, 4`,
    [companyId],
  );
  await client.query('UPDATE book SET summed_until = $2 WHERE company_id = $1', [companyId, TO]);
  await client.query('RESET session_replication_role');
  await client.query('VACUUM ANALYZE usage_record, usage_kind_rollup');
}

/** Milliseconds until the client has read it all and kept none of it. */
async function copyOut({ client }: Database, companyId: bigint): Promise<number> {
  const startedAt = performance.now();
  await client.query(`COPY (SELECT ${COLUMNS} FROM usage_record WHERE company_id = ${companyId}) TO STDOUT`);
  return performance.now() - startedAt;
}

interface Made {
  ms: number;
  idleMb: number;
  peakMb: number;
}

async function makeFile({ url }: Database, companyId: bigint, records: number): Promise<Made> {
  const program = fileURLToPath(new URL('export-process.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-semi-space-size=8', // as npm start
    '--import',
    'tsx',
    program,
    url,
    companyId.toString(),
    FROM.toISOString(),
    TO.toISOString(),
  ]);
  const made = JSON.parse(stdout) as Made & { records: number };
  if (made.records !== records) throw new Error(`the file has ${made.records} of ${records} records`);
  return made;
}
