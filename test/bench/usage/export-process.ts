/**
 * Makes one file of usage in a process of its own, as a worker does, and gives it to nobody. Prints how long that took and
 * the most memory that the process ever held.
 */
import { openPool } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { makeFile } from '../../../src/usage/export/make-file.ts';

const [url = '', companyId = '0', from = '', to = ''] = process.argv.slice(2);
/** The operator's own default, see src/config.ts. */
const PACK_ABOVE_BYTES = 20_000_000;

const heldMb = (): number => process.resourceUsage().maxRSS / 1_024;

const pool = openPool({ url, poolSize: 1, log: createLogger('error'), statementTimeoutMs: 0 });
await pool.query('SELECT 1');
const idleMb = heldMb();
let records = 0;
const startedAt = performance.now();
const file = await makeFile(
  { pool, limits: { records: 2_000_000, packAboveBytes: PACK_ABOVE_BYTES } },
  {
    filter: { companyId: BigInt(companyId), from: new Date(from), to: new Date(to) },
    timeZone: 'America/Los_Angeles',
    name: 'bench.csv',
    onTotals: async () => {},
    onProgress: async (done) => {
      records = done;
    },
  },
);
const ms = performance.now() - startedAt;
await file?.content.close();
await pool.end();
process.stdout.write(`${JSON.stringify({ ms, records, idleMb, peakMb: heldMb() })}\n`);
