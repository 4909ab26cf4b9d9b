import { randomUUID } from 'node:crypto';
import { MovableClock } from '../../src/clock.ts';
import type { Db } from '../../src/db/index.ts';
import { startHttp, usageRoutes } from '../../src/http/index.ts';
import { grantCredits, readBalance } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { dollars } from '../../src/money.ts';
import { createApiKey, importSampleDeck } from '../../src/usage/index.ts';
import { fetchApi } from './api-document.ts';
import { testCompany } from './company.ts';
import { findings } from './ledger.ts';
import { testSecrets } from './secrets.ts';

/** In the Bahamas: $0.13 a minute by the sample rates. */
const BAHAMAS = '+12425550100';

export interface ApiReply {
  status: number;
  body: Record<string, unknown>;
}

/** The API over HTTP on a database, with the sample rates and a clock that can be moved. */
export async function startHoldApi(db: Db, { requestsPerSecond = 10_000 } = {}) {
  const clock = new MovableClock();
  const log = createLogger('silent');
  const deps = { db, clock, log, secrets: testSecrets };
  await importSampleDeck(db, new Date('2020-01-01T00:00:00Z'));
  const server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    log,
    routes: usageRoutes(deps, { requestsPerSecond }),
  });

  const request = async (method: string, path: string, key: string, body?: unknown): Promise<ApiReply> => {
    const answer = await fetchApi(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  /** A company of a test's own with so many dollars at San Francisco, and keys of each kind. */
  const openCompany = async ({ credits = '10', pooled = false } = {}) => {
    const { companyId, officeIds } = await testCompany(db, { pooled, name: `Acme ${randomUUID()}` });
    if (credits !== '0')
      await grantCredits(db, {
        companyId,
        officeId: pooled ? null : officeIds[0],
        kind: 'general',
        amount: dollars(credits),
        key: 'credits',
        source: 'purchase',
        reference: '1',
        actor: 'test',
        reason: 'Test',
        at: clock.now(),
      });
    const createKey = async (capture: 'posts' | 'frees'): Promise<string> => {
      const scopes = ['holds:write', 'usage:write', 'balance:read'] as const;
      return (await createApiKey(deps, { companyId, name: capture, scopes, capture })).key;
    };
    const answeredAt = new Date(clock.now().getTime() - 90_000).toISOString();
    const [posts, frees] = [await createKey('posts'), await createKey('frees')];
    const send = (path: string, body?: unknown, key = posts): Promise<ApiReply> =>
      request('POST', path, key, body);
    return {
      companyId,
      officeIds,
      posts,
      frees,
      send,
      ask: (change: Record<string, unknown> = {}): Promise<ApiReply> =>
        send('/v1/holds', {
          id: 'call-1',
          kind: 'call',
          direction: 'outbound',
          external_number: BAHAMAS,
          seconds: 120,
          ...change,
        }),
      /** What San Francisco (or the pool) has left, owes and holds back, in dollars. */
      async has() {
        const { wallets } = await readBalance(db, companyId, clock.now());
        const wallet = wallets.find(({ officeId }) => officeId === (pooled ? null : officeIds[0]));
        return {
          general: wallet?.general.toFixed(2),
          held: wallet?.held.calls.toFixed(2),
          debt: wallet?.debt.calls.toFixed(2),
        };
      },
      usage: (change: Record<string, unknown> = {}) => ({
        id: 'usage-1',
        kind: 'call',
        direction: 'outbound',
        external_number: BAHAMAS,
        answered_at: answeredAt,
        duration_seconds: 61,
        ...change,
      }),
    };
  };
  return {
    clock,
    deps,
    request,
    openCompany,
    /** What the books' own checks find; nothing, unless a hold was posted wrongly. */
    findings: () => findings(db),
    close: () => server.close(),
  };
}
