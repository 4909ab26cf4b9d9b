import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { CompactSign } from 'jose';
import { systemClock } from '../../../src/clock.ts';
import type { Db } from '../../../src/db/index.ts';
import { startHttp, usageRoutes } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import type { NumberKey } from '../../../src/number-key.ts';
import { createSecretBox, readNumberKey } from '../../../src/org/index.ts';
import { createApiKey, createWebhook, importUsage, surveyFile } from '../../../src/usage/index.ts';
import { ingestLegs } from '../../../src/usage/ingest/ingest-events.ts';
import { readVendorEvent } from '../../../src/usage/ingest/read-vendor-event.ts';
import type { Delivery } from '../../support/phone-day.ts';

/** Of a batch's webhook events so many come one by one, signed and over HTTP; the others as a busy webhook books them. */
const SIGNED = 5;

export interface Doors {
  /** What stands for the other party's number in keys. */
  numberKey: NumberKey;
  /** Delivers in order, each through its own door. Throws where something is not taken. */
  deliver(batch: readonly Delivery[]): Promise<void>;
  close(): Promise<void>;
}

/** Every way in, for one company: the real HTTP server with its key and its signed webhook, and files. */
export async function openDoors(db: Db, companyId: bigint): Promise<Doors> {
  const log = createLogger('error');
  const deps = { db, clock: systemClock, log, secrets: createSecretBox('a day guards no secrets') };
  const { key } = await createApiKey(deps, { companyId, name: 'day' });
  const hook = await createWebhook(deps, companyId);
  const numberKey = await readNumberKey(deps, companyId);
  const server = await startHttp({ host: '127.0.0.1', port: 0, log, routes: usageRoutes(deps) });
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-day-'));
  const origin = `http://127.0.0.1:${server.port}`;

  const post = async (where: string, body: string, headers: Record<string, string>): Promise<string> => {
    const answer = await fetch(`${origin}${where}`, { method: 'POST', body, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${where} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text;
  };
  const sendSigned = async (event: object): Promise<void> => {
    const jwt = await new CompactSign(Buffer.from(JSON.stringify(event)))
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(Buffer.from(hook.secret));
    await post(hook.path, jwt, {});
  };
  const sendRecords = async (records: readonly object[]): Promise<void> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await post('/v1/usage', JSON.stringify(records), headers);
    const { records: taken } = JSON.parse(answer) as { records: { outcome: string }[] };
    const refused = taken.find(({ outcome }) => outcome !== 'posted' && outcome !== 'duplicate');
    if (refused !== undefined) throw new Error(`a record was not taken: ${JSON.stringify(refused)}`);
  };
  const sendFile = async (rows: readonly Record<string, string>[]): Promise<void> => {
    const file = path.join(folder, 'rows.csv');
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    await writeFile(file, stringify([...rows], { header: true, columns }));
    const onReject = (reject: object): never => {
      throw new Error(`a row was not taken: ${JSON.stringify(reject)}`);
    };
    const survey = await surveyFile(file, [], () => {});
    await importUsage(deps, { companyId, survey, dryRun: false, onProgress: async () => {}, onReject });
  };

  return {
    numberKey,
    async deliver(batch) {
      const events = batch.flatMap((each) => (each.door === 'webhook' ? [each.event] : []));
      await Promise.all(events.slice(0, SIGNED).map(sendSigned));
      const legs = events.slice(SIGNED).flatMap((event) => {
        const read = readVendorEvent(event, numberKey, () => 'US');
        if ('legs' in read) return read.legs;
        throw new Error(`an event of the day was passed over: ${JSON.stringify(read)}`);
      });
      await ingestLegs(deps, { companyId, source: 'dialpad', legs });
      const records = batch.flatMap((each) => (each.door === 'api' ? [each.record] : []));
      if (records.length > 0) await sendRecords(records);
      for (const door of ['own', 'export'] as const) {
        const rows = batch.flatMap((each) => (each.door === door ? [each.row] : []));
        if (rows.length > 0) await sendFile(rows);
      }
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
