import { isDatabaseUnavailable } from '../db/index.ts';
import { type ErrorCode, RefillError } from '../errors.ts';
import type { Reply } from './reply.ts';

interface Problem {
  status: number;
  /** The same for every answer with this code. */
  title: string;
  /** What the sender can do about it. */
  remedy: string;
}

/**
 * What a sender can be refused for, from the code to HTTP's status: the one map of this surface. Codes never change their meaning;
 * every other error is ours: `internal`.
 */
export const API_PROBLEMS = {
  'bad-body': {
    status: 400,
    title: 'The body is not what this takes',
    remedy: 'Correct the fields that `detail` names. Nothing of the request was done.',
  },
  'bad-cursor': {
    status: 400,
    title: 'The cursor is not of this list',
    remedy:
      'Send `next_cursor` as it came, with the same filters and a key of the same company; or begin without one.',
  },
  'bad-encoding': {
    status: 415,
    title: 'The body is packed in a way that is not taken',
    remedy: 'Send it as it is, or with `Content-Encoding` `gzip`, `deflate` or `br`.',
  },
  'bad-query': {
    status: 400,
    title: 'A parameter is not what this takes',
    remedy: 'Correct the parameters that `detail` names.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less at a time; many records as NDJSON.',
  },
  'company-closed': {
    status: 410,
    title: 'The company’s account is closed',
    remedy:
      'Stop sending: nothing is taken or answered any more, and it is not opened again. Ask your provider.',
  },
  'hold-resolved': {
    status: 409,
    title: 'The hold has ended',
    remedy: 'It was captured or released before; `detail` says which. Nothing has to be sent again.',
  },
  'hold-unknown': {
    status: 404,
    title: 'There is no such hold',
    remedy: 'Check the id, and that it is percent-encoded in the path. A refused hold is not remembered.',
  },
  internal: {
    status: 500,
    title: 'Something failed on our side',
    remedy: 'Send the same again later, with the same ids: what was done is not done twice.',
  },
  'key-conflict': {
    status: 409,
    title: 'The id was used for something else',
    remedy: 'What was sent first stays. Send what is new under an id of its own.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address has no such method',
    remedy: 'Use a method that the `Allow` header names.',
  },
  misdirected: {
    status: 421,
    title: 'This app answers under its own names only',
    remedy: 'Use the address that your provider gave you.',
  },
  'no-book': {
    status: 409,
    title: 'The company has no books yet',
    remedy: 'Ask your provider to set the company up.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'Check the path.',
  },
  'order-unknown': {
    status: 404,
    title: 'There is no such order',
    remedy: 'Check the reference, like P-000123, or the number of its receipt, like R-000045.',
  },
  'scope-missing': {
    status: 403,
    title: 'The key may not do that',
    remedy: '`detail` names the scope. Ask your provider for a key that has it.',
  },
  'too-many-records': {
    status: 413,
    title: 'The body has too many records',
    remedy: 'Send at most 10,000 records in a request. Nothing of this one was taken.',
  },
  'too-many-requests': {
    status: 429,
    title: 'The key sends too much at once',
    remedy: 'Come again after `Retry-After` seconds. Nothing of the request was taken.',
  },
  unauthorised: {
    status: 401,
    title: 'The key is missing, unknown, revoked or expired',
    remedy: 'Send `Authorization: Bearer rk_…` with a key that is in force.',
  },
  unavailable: {
    status: 503,
    title: 'The books cannot be reached',
    remedy: 'Send the same again in a moment, with the same ids.',
  },
  'webhook-malformed': {
    status: 400,
    title: 'The event cannot be read',
    remedy: 'Send it as the card processor does.',
  },
  'webhook-refused': {
    status: 401,
    title: 'The event is not signed as it should be',
    remedy: 'Check the address and the secret.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof API_PROBLEMS;

const CONTENT_TYPE = 'application/problem+json';

/**
 * An answer as RFC 9457 has it. `error` and `message` say the same as `code` and `detail`, for clients of before.
 *
 * @param detail what went wrong this time, in the sender's words
 */
export function problemReply(
  code: ProblemCode,
  detail: string = API_PROBLEMS[code].title,
  headers: Record<string, string> = {},
): Reply {
  const { status, title } = API_PROBLEMS[code];
  return {
    status,
    json: { type: typeOfProblem(code), title, status, detail, code, error: code, message: detail },
    headers: { ...headers, 'content-type': CONTENT_TYPE },
  };
}

/** Where a problem is described; relative to the address that was asked. */
export const typeOfProblem = (code: ProblemCode): string => `/v1/docs#${code}`;

/** An error that the sender has a part in, with its code; null for any other. */
export function findRefusal(error: unknown): { code: ProblemCode; error: RefillError } | null {
  return error instanceof RefillError && isProblem(error.code) ? { code: error.code, error } : null;
}

/** What is told of an error: the sender's own mistake, or books that are away for a moment. Rethrows what is neither. */
export function explainError(error: unknown, headers: Record<string, string> = {}): Reply {
  if (isDatabaseUnavailable(error))
    return problemReply('unavailable', 'The books cannot be reached just now. Send it again.', headers);
  const refusal = findRefusal(error);
  if (refusal === null) throw error;
  return problemReply(refusal.code, refusal.error.message, headers);
}

function isProblem(code: ErrorCode): code is ErrorCode & ProblemCode {
  return Object.hasOwn(API_PROBLEMS, code);
}
