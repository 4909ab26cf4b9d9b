import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '../../log.ts';
import type { BooksTx } from './books.ts';
import type { Call, Endpoint, Reply } from './endpoint.ts';
import {
  internalError,
  rateLimited,
  SilentFault,
  StripeFault,
  unauthenticated,
  unknownEndpoint,
} from './errors.ts';
import { expandReply } from './expand.ts';
import { accountOf, claimKey, type KeyedRequest, saveReply } from './idempotency.ts';
import { randomLetters } from './ids.ts';
import type { Processor } from './processor.ts';
import { type Form, readForm } from './read-form.ts';
import { LOCAL_PROCESSOR_API_VERSION } from './record-event.ts';
import { findRefusal } from './refusals.ts';
import { LOCAL_PROCESSOR_ENDPOINTS, type Match, matchRoute } from './routes.ts';

/** A request to the API, read from the wire. */
export interface ApiRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What goes back on the wire; `silent` means that nothing ever does. */
export type ApiAnswer =
  | { kind: 'silent' }
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: unknown };

/**
 * Answers one API request: who asks, which endpoint, whether the key has an answer already, and only then the
 * effect. Effect and saved answer are one transaction, committed before anything is sent.
 */
export async function answerApi(processor: Processor, request: ApiRequest, log: Logger): Promise<ApiAnswer> {
  const requestId = `req_${randomLetters(14)}`;
  const version = headerOf(request, 'stripe-version') ?? LOCAL_PROCESSOR_API_VERSION;
  const headers: Record<string, string> = { 'request-id': requestId, 'stripe-version': version };
  const key = headerOf(request, 'idempotency-key');
  if (key !== undefined) headers['idempotency-key'] = key;
  try {
    const reply = await execute(processor, request, { requestId, key, headers });
    if (reply.isSilent === true) return { kind: 'silent' };
    return { kind: 'answer', status: reply.status, headers, body: reply.body };
  } catch (error) {
    if (error instanceof SilentFault) return { kind: 'silent' };
    if (error instanceof StripeFault)
      return { kind: 'answer', status: error.status, headers, body: error.body };
    log.error({ err: error, requestId }, 'the card processor failed');
    return { kind: 'answer', ...internalError(), headers };
  }
}

interface Passport {
  requestId: string;
  key: string | undefined;
  headers: Record<string, string>;
}

async function execute(processor: Processor, request: ApiRequest, passport: Passport): Promise<Reply> {
  const apiKey = checkKey(processor.secretKey, request);
  const { method, url } = request;
  if (processor.faults.take('rate-limit', url.pathname)) throw rateLimited();
  const refusal = findRefusal(processor.refusal, { method, path: url.pathname });
  if (refusal !== undefined) throw refusal;
  const match = matchRoute(LOCAL_PROCESSOR_ENDPOINTS, method, url.pathname);
  if (match === undefined) throw unknownEndpoint(method, url.pathname);
  const form = readForm(method === 'GET' ? url.search.slice(1) : request.body);
  match.endpoint.check(form);
  const keyed: KeyedRequest | undefined =
    passport.key === undefined || method === 'GET'
      ? undefined
      : {
          account: accountOf(apiKey),
          key: passport.key,
          path: url.pathname,
          form,
          requestId: passport.requestId,
        };
  return processor.books.transaction(async (tx) => {
    const call: Call<Form> = {
      ...processor.callIn(tx),
      params: form,
      path: match.path,
      request: { id: passport.requestId, idempotencyKey: passport.key ?? null },
    };
    return keyed === undefined ? run(tx, match, call) : runOnce(processor, call, match, keyed, passport);
  });
}

/** Replays the saved answer, or executes and saves it. */
async function runOnce(
  processor: Processor,
  call: Call<Form>,
  match: Match<Endpoint>,
  keyed: KeyedRequest,
  passport: Passport,
): Promise<Reply> {
  const saved = await claimKey(call.tx, keyed, call.now);
  if (saved !== undefined) {
    passport.headers['idempotent-replayed'] = 'true';
    passport.headers['original-request'] = saved.firstRequestId;
    // While the network eats answers, it eats the replayed ones too.
    return { ...saved, isSilent: saved.isSilent && call.behaviour === 'timeout-after-charge' };
  }
  const fault = (['api-error', 'api-error-after-effect'] as const).find((one) =>
    processor.faults.take(one, match.endpoint.path),
  );
  await call.tx.client.query('SAVEPOINT effect');
  const reply = await runGuarded(call, match, fault);
  await saveReply(call.tx, keyed, reply, call.now);
  return reply;
}

/** Keeps the answer where execution had begun and then failed, and undoes the effect unless it is to outlive the failure. */
async function runGuarded(
  call: Call<Form>,
  match: Match<Endpoint>,
  fault: 'api-error' | 'api-error-after-effect' | undefined,
): Promise<Reply> {
  try {
    const reply = await run(call.tx, match, call);
    if (fault === undefined) return reply;
    if (fault === 'api-error') await call.tx.client.query('ROLLBACK TO SAVEPOINT effect');
    return internalError();
  } catch (error) {
    if (!(error instanceof StripeFault) || !error.saved) throw error;
    await call.tx.client.query('ROLLBACK TO SAVEPOINT effect');
    return { status: error.status, body: error.body };
  }
}

async function run(tx: BooksTx, match: Match<Endpoint>, call: Call<Form>): Promise<Reply> {
  const reply = await match.endpoint.run(call);
  if (reply.status !== 200) return reply;
  return { ...reply, body: await expandReply(tx, reply.body, call.params) };
}

/** The API key of a request, as Bearer or as Basic user; throws 401 unless it is the processor's. */
function checkKey(secretKey: string, request: ApiRequest): string {
  const [scheme, value] = (headerOf(request, 'authorization') ?? '').split(' ');
  const given =
    scheme === 'Basic'
      ? Buffer.from(value ?? '', 'base64')
          .toString('utf8')
          .split(':')[0]
      : value;
  if (given === undefined || given === '') throw unauthenticated(undefined);
  if (given !== secretKey) throw unauthenticated(given);
  return given;
}

function headerOf(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
