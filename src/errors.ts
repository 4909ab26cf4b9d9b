import type { Money } from './money.ts';

/** What code reads of an error, by its code. Facts of all other codes are for the log. */
export interface ErrorDetails {
  'above-operator': { limit: Money };
  'amount-above-maximum': { limit: Money };
  'amount-below-minimum': { limit: Money };
  'amount-below-threshold': { limit: Money };
  'cap-below-amount': { limit: Money };
  'cap-not-raised': { limit: Money };
  'cap-not-yours': { limit: Money };
  'card-needs-replacing': { card: { brand: string; last4: string; needsReplacing: boolean } };
  /** Only the operator ends it, or nobody does. */
  'company-suspended': { state: 'suspended' | 'closed' };
  /** `room`: how much of the limit is left, never less than nothing. */
  'daily-limit': { limit: Money; room: Money };
  'exposure-limit': { limit: Money; room: Money };
  /** `free`: what the office has to give, in whole cents. */
  'move-too-large': { free: Money };
  'no-approver': { limit: Money };
  /** `buyers`: Slack's ids of those who may answer. */
  'not-answerer': { buyers: readonly string[] };
  'not-approver': { approvers: readonly string[]; isCompanyWide: boolean };
  /** `by`: the user who answered. */
  'request-over': { state: string; by: string | null };
  'too-many-requests': { retryAfterSeconds: number };
}

/** Every other code that services throw. */
export type PlainErrorCode =
  | 'above-approval-limit'
  | 'admin-unknown'
  | 'allocation-mismatch'
  | 'api-key-unknown'
  | 'approval-unknown'
  | 'approver-is-requester'
  | 'backup-version'
  | 'bad-argument'
  | 'bad-backup'
  | 'bad-body'
  | 'bad-company-file'
  | 'bad-configuration'
  | 'bad-cursor'
  | 'bad-deck'
  | 'bad-directory'
  | 'bad-encoding'
  | 'bad-facts'
  | 'bad-file'
  | 'bad-lines'
  | 'bad-query'
  | 'bad-range'
  | 'bad-time-zone'
  | 'body-too-large'
  | 'books-disagree'
  | 'bundle-exists'
  | 'bundle-unknown'
  | 'card-link-expired'
  | 'card-link-unknown'
  | 'card-link-used'
  | 'card-unknown'
  | 'changed-meanwhile'
  | 'company-ambiguous'
  | 'company-closed'
  | 'company-exists'
  | 'company-file-version'
  | 'company-not-closable'
  | 'company-not-exportable'
  | 'company-not-suspended'
  | 'company-unknown'
  | 'data-folder-foreign'
  | 'data-folder-in-use'
  | 'data-folder-password'
  | 'data-folder-unusable'
  | 'data-folder-version'
  | 'database-address'
  | 'database-ahead'
  | 'database-altered'
  | 'database-name'
  | 'database-not-empty'
  | 'database-refused'
  | 'database-rights'
  | 'database-too-old'
  | 'database-unavailable'
  | 'database-unfit'
  | 'deck-shrinks'
  | 'digest-broken'
  | 'digest-unknown'
  | 'directory-not-connected'
  | 'directory-would-empty'
  | 'embedded-postgres-failed'
  | 'embedded-postgres-unsupported'
  | 'endpoint-unknown'
  | 'export-unknown'
  | 'file-exists'
  | 'grant-unknown'
  | 'hold-resolved'
  | 'hold-unknown'
  | 'inbox-unknown'
  | 'inbox-unreadable'
  | 'invoice-closed'
  | 'invoice-unknown'
  | 'job-unknown'
  | 'key-conflict'
  | 'last-admin'
  | 'ledger-refused'
  | 'limit-unknown'
  | 'limits-inconsistent'
  | 'link-code-expired'
  | 'link-code-unknown'
  | 'link-code-used'
  | 'link-too-many-tries'
  | 'may-buy'
  | 'migration-edited'
  | 'migration-failed'
  | 'migration-lock-timeout'
  | 'migration-missing'
  | 'migration-unfinished'
  | 'no-answerer'
  | 'no-book'
  | 'no-books'
  | 'no-card'
  | 'no-database'
  | 'no-dispute'
  | 'no-public-address'
  | 'no-second-admin'
  | 'no-workspace'
  | 'not-owner'
  | 'has-role'
  | 'not-a-member'
  | 'not-allowed'
  | 'not-company-admin'
  | 'nothing-charged'
  | 'notice-not-failed'
  | 'notice-unknown'
  | 'notice-unknown'
  | 'office-unknown'
  | 'order-closed'
  | 'order-not-open'
  | 'order-not-retryable'
  | 'order-not-reviewed'
  | 'order-unconfirmed'
  | 'order-under-way'
  | 'order-unknown'
  | 'other-instance'
  | 'outliers'
  | 'phone-system-busy'
  | 'phone-system-refused'
  | 'phone-system-unreadable'
  | 'place-needed'
  | 'place-unexpected'
  | 'place-unknown'
  | 'port-refused'
  | 'port-taken'
  | 'processor-unanswered'
  | 'purchases-paused'
  | 'recharge-changed'
  | 'receipt-unknown'
  | 'recharge-unknown'
  | 'refund-key-used'
  | 'refund-refused'
  | 'refund-too-large'
  | 'request-open'
  | 'request-unknown'
  | 'requester-may-not'
  | 'resume-not-yours'
  | 'reversal-too-large'
  | 'reversal-unknown'
  | 'role-included'
  | 'role-not-held'
  | 'schema-empty'
  | 'schema-older'
  | 'schema-other'
  | 'scope-missing'
  | 'secret-key-wrong'
  | 'secret-unreadable'
  | 'secrets-changed'
  | 'settings-unknown'
  | 'sharing-already'
  | 'sharing-unknown'
  | 'slack-refused'
  | 'slack-unreachable'
  | 'subscription-unknown'
  | 'tax-id-missing'
  | 'token-not-new'
  | 'too-many-exports'
  | 'too-many-records'
  | 'totals-differ'
  | 'unauthorised'
  | 'usage-time'
  | 'usage-ambiguous'
  | 'usage-unknown'
  | 'user-unknown'
  | 'wallet-missing'
  | 'wallet-unknown'
  | 'webhook-malformed'
  | 'webhook-refused'
  | 'webhook-unknown'
  | 'workspace-already-bound'
  | 'workspace-changed'
  | 'workspace-missing'
  | 'workspace-taken'
  | 'workspace-unknown';

export type ErrorCode = PlainErrorCode | keyof ErrorDetails;

type LogFacts = Record<string, unknown>;
type DetailsOf<Code extends ErrorCode> = Code extends keyof ErrorDetails ? ErrorDetails[Code] : LogFacts;

type ErrorArguments =
  | [code: PlainErrorCode, message: string, details?: LogFacts, options?: ErrorOptions]
  | {
      [Code in keyof ErrorDetails]: [
        code: Code,
        message: string,
        details: ErrorDetails[Code],
        options?: ErrorOptions,
      ];
    }[keyof ErrorDetails];

/** The one error type that services throw on purpose. `code` is what code branches on, `message` a sentence for a person. */
export class RefillError extends Error {
  override readonly name = 'RefillError';
  readonly code: ErrorCode;
  readonly details: LogFacts;

  constructor(...[code, message, details = {}, options]: ErrorArguments) {
    super(message, options);
    this.code = code;
    this.details = { ...details };
  }
}

/** The details of an error of that code; null for any other. */
export function detailsOf<Code extends keyof ErrorDetails>(
  error: unknown,
  code: Code,
): ErrorDetails[Code] | null {
  // What the constructor took for this code: the only place where the two are put together again.
  return hasCode(error, code) ? (error.details as unknown as ErrorDetails[Code]) : null;
}

/** Whether this is an error of one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is RefillError {
  return error instanceof RefillError && codes.includes(error.code);
}

/** A surface's sentences by code, each told from the details that its code has. */
export type ErrorCopy = { readonly [Code in ErrorCode]?: (details: DetailsOf<Code>) => string };

/** The copy's sentence for an error; null where it has none for the code, or the error is none of ours. */
export function describeBy(copy: ErrorCopy, error: unknown): string | null {
  if (!(error instanceof RefillError)) return null;
  const describe = copy[error.code] as ((details: unknown) => string) | undefined;
  return describe?.(error.details) ?? null;
}
