import { AsyncLocalStorage } from 'node:async_hooks';
import { newToken } from './token.ts';

/** What is being done, as each log line of it says. */
export interface Trace {
  /** One id from the request (or command, or sweep) through the jobs it led to, to the card processor and the audit. */
  readonly requestId: string;
  readonly job?: string;
  readonly jobId?: string;
  readonly sweep?: string;
  readonly command?: string;
}

/** What proxies and clients send as `X-Request-Id` and nothing else: it stands in logs, in rows and at the processor. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;
const ID_BYTES = 12;

const traces = new AsyncLocalStorage<Trace>();

/** A new request id, unlike any other. */
export function newRequestId(): string {
  // A leading letter: what begins with a dash is taken for an option at the command line.
  return `r${newToken(ID_BYTES)}`;
}

/** The id that was sent, where it is a safe one; else a new one. */
export function readRequestId(sent: unknown): string {
  return typeof sent === 'string' && SAFE_ID.test(sent) ? sent : newRequestId();
}

/** Runs work under a trace: every log line, job and audit that comes of it carries the request id. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return traces.run(trace, work);
}

/** What is being done here, or null outside of any request, job, sweep or command. */
export function currentTrace(): Trace | null {
  return traces.getStore() ?? null;
}

/** The request id to store with what is written here; null outside of any. */
export function currentRequestId(): string | null {
  return traces.getStore()?.requestId ?? null;
}
