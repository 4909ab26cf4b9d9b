import { z } from 'zod';
import { invalidParameter, StripeFault } from './errors.ts';

/**
 * Refusals that are about the seller's key, account or request and never about a card. Statuses and types as the SDK
 * sorts them (Error.js: 401 authentication, 403 permission, 400 invalid request or idempotency), codes as
 * docs.stripe.com/error-codes lists them.
 */
const REFUSALS = {
  'revoked-key': () =>
    new StripeFault(401, {
      type: 'invalid_request_error',
      code: 'api_key_expired',
      message: 'Expired API Key provided: sk_test_********',
      doc_url: 'https://docs.stripe.com/error-codes/api-key-expired',
    }),
  'restricted-key': () =>
    new StripeFault(403, {
      type: 'invalid_request_error',
      message:
        "The provided key 'rk_test_********' does not have the required permissions for this endpoint on account 'acct_standin'.",
    }),
  'wrong-account': () =>
    new StripeFault(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message:
        "The provided key 'sk_test_********' does not have access to account 'acct_standin' (or that account does not exist).",
    }),
  'unknown-address': () =>
    new StripeFault(404, { type: 'invalid_request_error', message: 'Unrecognized request URL.' }),
  'account-closed': () =>
    new StripeFault(400, {
      type: 'invalid_request_error',
      code: 'testmode_charges_only',
      message: 'Your account cannot currently make live charges.',
    }),
  'bad-parameter': () =>
    invalidParameter('off_session', 'Received unknown parameter: off_session', 'parameter_unknown'),
  'bad-url': () => invalidParameter('return_url', 'Not a valid URL', 'url_invalid'),
  'key-misused': () =>
    new StripeFault(400, {
      type: 'idempotency_error',
      message:
        'Keys for idempotent requests can only be used with the same parameters they were first used with.',
    }),
  'no-key': () => refused(401, undefined, 'You did not provide an API key.'),
  'platform-key-expired': () => refused(401, 'platform_api_key_expired', 'Expired API Key provided.'),
  'publishable-key': () =>
    refused(401, 'secret_key_required', 'This API call cannot be made with a publishable API key.'),
  'old-encryption': () => refused(400, 'tls_version_unsupported', 'TLS 1.2 is required.'),
  'country-unsupported': () => refused(400, 'country_unsupported', 'This country is not supported.'),
  'parameter-missing': () => refused(400, 'parameter_missing', 'Missing required param: amount.'),
  'wrong-version': () => refused(400, undefined, 'Invalid Stripe API version: 2019-13-01'),
  'method-not-activated': () =>
    refused(400, 'payment_method_unactivated', 'The payment method type "card" is not activated.'),
  'not-on-this-account': () =>
    refused(400, 'not_allowed_on_standard_account', 'This is not allowed on a standard account.'),
  'too-precise': () => refused(400, 'parameter_invalid_integer', 'Invalid integer: 20.00'),
} as const;

function refused(status: number, code: string | undefined, message: string): StripeFault {
  return new StripeFault(status, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
  });
}

const REFUSAL_NAMES = Object.keys(REFUSALS) as [RefusalName, ...RefusalName[]];
export type RefusalName = keyof typeof REFUSALS;

/** Which requests are refused, and how: all, or those to addresses that begin so, e.g. `/v1/payment_intents`. */
export const standingRefusal = z.strictObject({
  refusal: z.enum(REFUSAL_NAMES),
  method: z.enum(['GET', 'POST']).optional(),
  path: z.string().startsWith('/v1/').optional(),
});
export type StandingRefusal = z.output<typeof standingRefusal>;

/** The refusal that stands against this request, if any. */
export function findRefusal(
  standing: StandingRefusal | null,
  request: { method: string; path: string },
): StripeFault | undefined {
  if (standing === null) return undefined;
  const isMeant =
    (standing.method === undefined || standing.method === request.method) &&
    request.path.startsWith(standing.path ?? '/v1/');
  return isMeant ? REFUSALS[standing.refusal]() : undefined;
}
