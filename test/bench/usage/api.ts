import type { Database } from '../database.ts';
import { median } from '../figures.ts';
import type { Measure } from './measure.ts';
import { LINE, openDoors } from './usage-doors.ts';

const RECORDS = 1_000;
const WARM_UPS = 5;

/** POST /v1/usage in arrays of 1,000 over HTTP (read, rated, booked), against COPY of the rows that come of it. */
export const api: Measure = {
  id: 'api',
  async run({ isQuick, database }) {
    const on = await database();
    const doors = await openDoors(on);
    for (const table of ['entry', 'usage_record'])
      await on.client.query(`CREATE TABLE ${table}_copied (LIKE ${table} INCLUDING ALL)`);
    let sent = 0;
    const round = async () => {
      sent += 1;
      const body = JSON.stringify(records(sent));
      const taken = await perSecond(async () => {
        const answer = await doors.post('/v1/usage', body, {
          authorization: `Bearer ${doors.key}`,
          'content-type': 'application/json',
        });
        if (answer.split('"posted"').length - 1 !== RECORDS)
          throw new Error(`not all were booked: ${answer.slice(0, 300)}`);
      });
      const copied = await copyRows(on, doors.companyId);
      return { taken, copied };
    };
    try {
      for (let n = WARM_UPS; n > 0; n -= 1) await round();
      const rounds = [];
      for (let n = isQuick ? 15 : 30; n > 0; n -= 1) rounds.push(await round());
      const taken = median(rounds.map((each) => each.taken));
      const copied = median(rounds.map((each) => each.copied));
      return [
        {
          id: 'api',
          value: median(rounds.map((each) => each.taken / each.copied)),
          target: '>= 0.25',
          absolute: `${taken.toFixed(0)} records/s against COPY of ${copied.toFixed(0)}/s`,
        },
      ];
    } finally {
      await doors.close();
    }
  },
};

function records(batch: number): object[] {
  return Array.from({ length: RECORDS }, (_, n) => ({
    id: `bench-${batch}-${n}`,
    kind: 'call',
    direction: 'outbound',
    external_number: `+4420794${String((batch * RECORDS + n) % 100_000).padStart(5, '0')}`,
    internal_number: LINE,
    answered_at: new Date(Date.now() - 60_000 - n * 1_000).toISOString(),
    duration_seconds: 1 + (n % 300),
  }));
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (RECORDS * 1_000) / (performance.now() - startedAt);
}

/** The newest rows, into tables of the same shape with the same indexes. */
async function copyRows({ client, folder }: Database, companyId: bigint): Promise<number> {
  const files = { entries: `'${folder}/entries'`, usages: `'${folder}/usages'` };
  const newest = `FROM entry WHERE company_id = ${companyId} AND type = 'usage' ORDER BY wallet_id, seq DESC LIMIT ${RECORDS}`;
  await client.query(`COPY (SELECT * ${newest}) TO ${files.entries}`);
  await client.query(`COPY (SELECT u.* FROM usage_record AS u WHERE u.company_id = ${companyId}
    AND (u.source, u.external_id) IN (SELECT source, reference ${newest})) TO ${files.usages}`);
  return await perSecond(async () => {
    await client.query('BEGIN');
    await client.query(`COPY entry_copied FROM ${files.entries}`);
    await client.query(`COPY usage_record_copied FROM ${files.usages}`);
    await client.query('COMMIT');
  });
}
