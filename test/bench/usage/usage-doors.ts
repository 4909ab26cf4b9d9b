import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { CompactSign } from 'jose';
import jwt from 'jsonwebtoken';
import { systemClock } from '../../../src/clock.ts';
import { startHttp, usageRoutes } from '../../../src/http/index.ts';
import { grantCredits } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { createSecretBox, importDirectory } from '../../../src/org/index.ts';
import { createApiKey, createWebhook, importSampleDeck } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import type { Database } from '../database.ts';
import { postNaively } from '../ledger/naive.ts';
import { post } from '../post.ts';

export const LINE = '+14155550101';
const NAIVE_PATH = '/naive';

/** The doors of usage behind the real server, and beside them a naive one, for a company with plenty. */
export async function openDoors({ db }: Database) {
  const log = createLogger('silent');
  const clock = systemClock;
  const secrets = createSecretBox(randomBytes(32).toString('base64'));
  const [company, naive] = [await testCompany(db), await testCompany(db)];
  const at = clock.now();
  for (const { companyId } of [company, naive]) {
    await importDirectory(db, companyId, { numbers: `number\n${LINE}\n` }, at);
    await grantCredits(db, {
      companyId,
      officeId: null,
      kind: 'general',
      amount: dollars('1000000'),
      key: 'bench',
      source: 'purchase',
      reference: '1',
      actor: 'bench',
      reason: 'bench',
      at,
    });
  }
  await importSampleDeck(db, at);
  const { companyId } = company;
  const { key } = await createApiKey({ db, clock }, { companyId, name: 'bench' });
  const hook = await createWebhook({ db, clock, secrets }, companyId);
  const secret = Buffer.from(hook.secret);
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log,
    routes: [
      ...usageRoutes({ db, clock, log, secrets }),
      {
        method: 'POST',
        path: NAIVE_PATH,
        handle: async (sent) => {
          await takeNaively(db, naive.companyId, (await sent.body(100_000)).toString('utf8'), secret);
          return { status: 200, json: {} };
        },
      },
    ],
  });
  const agent = new Agent({ keepAlive: true });
  return {
    companyId,
    key,
    port: server.port,
    webhookPath: hook.path,
    naivePath: NAIVE_PATH,
    sign: (payload: object) =>
      new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(secret),
    post: (path: string, body: string, headers: Record<string, string> = {}) =>
      post({ agent, port: server.port, path, body, headers }),
    close: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

/** What one would write first: the event verified, its line looked up, and one transaction that books it. */
async function takeNaively(
  db: Database['db'],
  companyId: bigint,
  body: string,
  secret: Buffer,
): Promise<void> {
  const call = jwt.verify(body, secret, { algorithms: ['HS256'] }) as {
    call_id: string;
    external_number: string;
    date_connected: number;
    duration: number;
  };
  const line = await db.phoneNumber.findUnique({ where: { companyId_number: { companyId, number: LINE } } });
  const wallet = await db.wallet.findFirstOrThrow({ where: { companyId, officeId: null } });
  const minutes = Math.ceil(call.duration / 60_000);
  await postNaively(
    db,
    { companyId, walletId: wallet.id },
    {
      source: 'dialpad',
      externalId: `call:${call.call_id}`,
      officeId: line?.officeId ?? null,
      departmentId: null,
      memberId: null,
      class: 'calls',
      category: 'international',
      direction: 'outbound',
      externalNumber: call.external_number,
      internalNumber: LINE,
      usageAt: new Date(call.date_connected),
      durationMs: Math.round(call.duration),
      billedSeconds: minutes * 60,
      quantity: 1,
      cost: dollars('0.01').times(minutes),
      price: null,
    },
  );
}
