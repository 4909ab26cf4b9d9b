/**
 * The error envelopes of the card processor's API, one constructor a kind. A thrown StripeFault means
 * that nothing was executed: the transaction is rolled back and the answer is not saved under the key.
 */
export class StripeFault extends Error {
  override readonly name = 'StripeFault';
  readonly status: number;
  readonly body: ErrorBody;
  /** True when execution had begun (a state conflict): the answer is saved under the idempotency key. */
  readonly saved: boolean;

  constructor(status: number, error: ErrorFields, saved = false) {
    super(error.message);
    this.status = status;
    this.body = { error };
    this.saved = saved;
  }
}

/** Thrown where the processor goes silent before it has done anything: rolled back, and never answered. */
export class SilentFault extends Error {
  override readonly name = 'SilentFault';
}

/** The fields inside the `error` envelope. */
export interface ErrorFields {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  doc_url?: string;
  [resource: string]: unknown;
}

/** An error answer's body. */
export interface ErrorBody {
  error: ErrorFields;
}

/** 400: a parameter is wrong; found before execution, never saved. */
export function invalidParameter(param: string, message: string, code?: string): StripeFault {
  return new StripeFault(400, {
    type: 'invalid_request_error',
    message,
    param,
    ...(code === undefined ? {} : { code, doc_url: `https://docs.stripe.com/error-codes/${code}` }),
  });
}

/** 400 for an id in a parameter, 404 for an id in the address: there is no such object. */
export function noSuch(what: string, id: string, param: string, status: 400 | 404): StripeFault {
  return new StripeFault(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
    doc_url: 'https://docs.stripe.com/error-codes/resource-missing',
  });
}

/** 400: the object's state does not allow this; execution had begun, so the answer is saved. */
export function unexpectedState(
  code: string,
  message: string,
  resource: Record<string, unknown> = {},
): StripeFault {
  return new StripeFault(400, { type: 'invalid_request_error', code, message, ...resource }, true);
}

/** 401: no key, or not the one this processor was given. Shows no more of the key than its first letters. */
export function unauthenticated(key: string | undefined): StripeFault {
  const message =
    key === undefined
      ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.'
      : `Invalid API Key provided: ${key.slice(0, 8)}********`;
  return new StripeFault(401, { type: 'invalid_request_error', message });
}

/** 404: the stand-in does not know this method and address. */
export function unknownEndpoint(method: string, path: string): StripeFault {
  return new StripeFault(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). The card processor stand-in does not imitate this endpoint.`,
  });
}

/** 429: asked for too fast; nothing was executed. */
export function rateLimited(): StripeFault {
  return new StripeFault(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits at https://docs.stripe.com/rate-limits',
  });
}

/** 400: the key was first used with other parameters or another endpoint. */
export function keyMisused(key: string, firstPath: string, path: string): StripeFault {
  const message =
    firstPath === path
      ? `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
      : `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${firstPath}'). Try using a key other than '${key}' if you meant to execute a different request.`;
  return new StripeFault(400, { type: 'idempotency_error', message });
}

/** 409: a request under this key is being executed at this moment. */
export function keyInUse(key: string): StripeFault {
  return new StripeFault(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}`,
  });
}

/** 500: the processor failed after execution began; saved under the key, as the real one does. */
export function internalError(): { status: number; body: ErrorBody } {
  return {
    status: 500,
    body: {
      error: {
        type: 'api_error',
        message: 'An unknown error occurred. The card processor could not finish this request.',
      },
    },
  };
}
