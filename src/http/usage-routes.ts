import { isDatabaseUnavailable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { findApiKey, takeApiRecords, takeVendorEvent, type UsageDeps } from '../usage/index.ts';
import { readUsageBody } from './read-usage-body.ts';
import type { Reply, Route } from './server.ts';

const EVENT_LIMIT_BYTES = 256 * 1024;

const STATUS: Record<string, number> = {
  'bad-body': 400,
  'bad-encoding': 415,
  'body-too-large': 413,
  'too-many-records': 413,
  unauthorised: 401,
};

/** Where usage comes in: the general API, and the vendor's signed events. */
export function usageRoutes(deps: UsageDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/usage',
      handle: (request) =>
        answer(async () => {
          const [, key] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
          const known = key === undefined ? null : await findApiKey(deps.db, key);
          if (known === null)
            throw new RefillError(
              'unauthorised',
              'The key is missing, unknown or revoked: Authorization: Bearer rk_…',
            );
          const records = await takeApiRecords(deps, known.companyId, await readUsageBody(request));
          return { status: 200, json: { records } };
        }),
    },
    {
      method: 'POST',
      path: '/webhooks/dialpad/:company',
      handle: (request) =>
        answer(async () => {
          const body = await request.body(EVENT_LIMIT_BYTES);
          const taken = await takeVendorEvent(deps, request.params.company ?? '', body.toString('utf8'));
          return { status: 200, json: { taken } };
        }),
    },
  ];
}

/** What the sender did wrong is told in words; what will pass by itself asks the sender to come again. */
async function answer(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) {
      return {
        status: 503,
        json: { error: 'unavailable', message: 'The books cannot be reached just now. Send it again.' },
      };
    }
    const status = error instanceof RefillError ? STATUS[error.code] : undefined;
    if (!(error instanceof RefillError) || status === undefined) throw error;
    return { status, json: { error: error.code, message: error.message } };
  }
}
