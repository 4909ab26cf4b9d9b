import { type ErrorCode, RefillError } from '../errors.ts';

/** What the sender did wrong, from an error's code to HTTP's status: the one map of this surface. All else is ours: 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'bad-body': 400,
  'bad-encoding': 415,
  'body-too-large': 413,
  'hold-resolved': 409,
  'hold-unknown': 404,
  'key-conflict': 409,
  'no-book': 409,
  'scope-missing': 403,
  'too-many-records': 413,
  'too-many-requests': 429,
  unauthorised: 401,
  'webhook-malformed': 400,
  'webhook-refused': 401,
};

/** The status of a refusal; null for an error that the sender has no part in. */
export function refusalStatus(error: unknown): { error: RefillError; status: number } | null {
  const status = error instanceof RefillError ? STATUS[error.code] : undefined;
  return error instanceof RefillError && status !== undefined ? { error, status } : null;
}
