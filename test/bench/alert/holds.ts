/** Credits held before a call and taken after it, over HTTP, against one row that is on the disk. */
import { Agent } from 'node:http';
import { openPool } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { type Figure, quantile } from '../figures.ts';
import type { LiveCompany } from '../live/open-company.ts';
import { showQuantiles } from '../live/report.ts';
import type { LiveParts } from '../live/start-parts.ts';
import { post } from '../post.ts';
import { sendOnTime, sharedNow } from '../send-on-time.ts';

const PER_SECOND = 50;
const WARM_UP_SECONDS = 3;
const SHARES = [0.5, 0.99];
const MAX_SHOWN = 5;
/** A call to the Bahamas of one minute; $0.13 by the sample rates. */
const CALL = { kind: 'call', direction: 'outbound', external_number: '+12425550100' };

const agent = new Agent({ keepAlive: true });

/** 50 calls a second, and as many rows by a pool that is opened as the app's; each at its time, in turns. */
export async function measureHolds(
  { app, url, client }: LiveParts,
  company: LiveCompany,
  { seconds }: { seconds: number },
): Promise<Figure[]> {
  await client.query('CREATE TABLE durable_row (number bigint)');
  const pool = openPool({ url, poolSize: 10, log: createLogger('silent') });
  const play = async (name: string, of: { seconds: number }) => {
    const tookMs = {
      hold: [] as number[],
      capture: [] as number[],
      call: [] as number[],
      row: [] as number[],
    };
    const refusals = new Map<string, number>();
    /** What is refused takes for ever. */
    const record = async (what: keyof typeof tookMs, plannedAt: number, work: Promise<unknown>) => {
      const isDone = await work.then(
        () => true,
        (error: Error) => {
          refusals.set(error.message, (refusals.get(error.message) ?? 0) + 1);
          return false;
        },
      );
      tookMs[what].push(isDone ? sharedNow() - plannedAt : Number.POSITIVE_INFINITY);
    };
    const plan = { perSecond: PER_SECOND * 2, seconds: of.seconds };
    await sendOnTime(plan, async (number, plannedAt) => {
      const id = `${name}-${number}`;
      if (number % 2 === 0) {
        await record('hold', plannedAt, hold(app.port, company, id));
        const heldAt = sharedNow();
        const capturing = capture(app.port, company, id);
        await Promise.all([record('capture', heldAt, capturing), record('call', plannedAt, capturing)]);
      } else {
        const insert = pool.query('INSERT INTO durable_row (number) VALUES ($1)', [number]);
        await record('row', plannedAt, insert);
      }
    });
    for (const [message, count] of [...refusals].slice(0, MAX_SHOWN))
      process.stderr.write(`${count} × ${message}\n`);
    return tookMs;
  };
  try {
    await play('warm-up', { seconds: WARM_UP_SECONDS });
    const tookMs = await play('call', { seconds });
    return [
      {
        id: 'holdP99Ms',
        value: quantile(tookMs.hold, 0.99),
        target: '<= 25',
        absolute: `a hold takes ${showQuantiles(tookMs.hold, SHARES)}`,
      },
      {
        id: 'captureP99Ms',
        value: quantile(tookMs.capture, 0.99),
        target: '<= 25',
        absolute: `a capture takes ${showQuantiles(tookMs.capture, SHARES)}; both, one after the other ${showQuantiles(tookMs.call, SHARES)}`,
      },
      {
        id: 'holdRow',
        value: quantile(tookMs.call, 0.5) / quantile(tookMs.row, 0.5),
        target: '',
        absolute: `a row takes ${showQuantiles(tookMs.row, SHARES)}`,
      },
    ];
  } finally {
    await pool.end();
  }
}

async function hold(port: number, { key, lines }: LiveCompany, id: string): Promise<void> {
  const answer = await send(port, key, '/v1/holds', { id, ...CALL, internal_number: lines[0], seconds: 60 });
  if (!answer.includes('"granted"')) throw new Error(`nothing was held: ${answer}`);
}

async function capture(port: number, { key, lines }: LiveCompany, id: string): Promise<void> {
  const answered = new Date(Date.now() - 60_000).toISOString();
  const usage = { id, ...CALL, internal_number: lines[0], answered_at: answered, duration_seconds: 59 };
  const answer = await send(port, key, `/v1/holds/${id}/capture`, { usage });
  if (!answer.includes('"posted"')) throw new Error(`nothing was posted: ${answer}`);
}

function send(port: number, key: string, path: string, body: object): Promise<string> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return post({ agent, port, path, body: JSON.stringify(body), headers });
}
