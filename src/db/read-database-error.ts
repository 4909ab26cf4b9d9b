/**
 * What a failed query says about itself. The same PostgreSQL error arrives in several shapes (from a model call, from
 * raw SQL, from `pg` itself, or as a bare socket error): this file is the one place that knows them.
 */
import { z } from 'zod';
import { RefillError } from '../errors.ts';

/** A database error in one shape. Every field may be absent: a refused connection has no SQLSTATE. */
export interface DatabaseFault {
  /** PostgreSQL's five-character SQLSTATE, e.g. `23505`; for functions of ours that RAISE, the code they chose. */
  readonly sqlState?: string;
  /** Prisma's own code, e.g. `P2002`. */
  readonly prismaCode?: string;
  /** Name of the violated constraint or unique index. */
  readonly constraint?: string;
  readonly message: string;
  readonly detail?: string;
}

const text = z.string().optional().catch(undefined);

const driverCause = z.object({
  kind: z.string(),
  originalCode: text,
  originalMessage: text,
  detail: text,
  constraint: z.object({ index: text }).optional().catch(undefined),
});

const errorShape = z.object({
  message: z.string(),
  code: text,
  detail: text,
  constraint: text,
  meta: z
    .object({ driverAdapterError: z.object({ cause: driverCause }) })
    .optional()
    .catch(undefined),
});

/** Prisma's driver adapter names these kinds where PostgreSQL never got to answer with a SQLSTATE. */
const SQL_STATE_OF_KIND: Record<string, string> = {
  DatabaseNotReachable: '08001',
  ConnectionClosed: '08006',
  SocketTimeout: '08006',
};

const UNREACHABLE_SYSCALLS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const UNREACHABLE_PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017']);
/** Admin shutdown, crash of another backend, still starting up, no connection slot left. */
const UNREACHABLE_SQL_STATES = new Set(['57P01', '57P02', '57P03', '53300']);
/** What `pg` throws without any code when a connection is or goes away. */
const UNREACHABLE_MESSAGE = /^(Connection terminated|Client has encountered a connection error)/;
/** What is thrown where no connection of the pool became free in time. */
const POOL_EXHAUSTED_MESSAGE =
  /^(timeout exceeded when trying to connect|Unable to start a transaction in the given time|Transaction API error: Unable to start a transaction)/;

/** The database accepts no connections; its SQLSTATE does not say more. */
const CLOSED_MESSAGE = /^database ".*" is not currently accepting connections$/;

/** Reads any thrown value as a database fault; undefined when it does not look like an error at all. */
export function readDatabaseError(error: unknown): DatabaseFault | undefined {
  const parsed = errorShape.safeParse(error);
  if (!parsed.success) return undefined;
  const { message, code, detail, constraint, meta } = parsed.data;
  const cause = meta?.driverAdapterError.cause;
  const fault = cause
    ? {
        sqlState: cause.originalCode ?? SQL_STATE_OF_KIND[cause.kind],
        prismaCode: code,
        constraint: cause.constraint?.index,
        message: cause.originalMessage ?? message,
        detail: cause.detail,
      }
    : {
        sqlState: code?.length === 5 && !isPrismaCode(code) ? code : undefined,
        prismaCode: isPrismaCode(code) ? code : undefined,
        constraint,
        message,
        detail,
      };
  return withoutUndefined(fault);
}

/**
 * True when the statement broke the unique constraint or unique index of that name, whichever way it was sent.
 *
 * @example if (isUniqueViolation(error, 'usage_record_company_source_external_key')) return replay();
 */
export function isUniqueViolation(error: unknown, constraintName: string): boolean {
  const fault = readDatabaseError(error);
  return fault?.sqlState === '23505' && fault.constraint === constraintName;
}

/** True for what a second try of the whole transaction may cure: a serialisation conflict or a deadlock. */
export function isTransactionConflict(error: unknown): boolean {
  const fault = readDatabaseError(error);
  return fault?.prismaCode === 'P2034' || fault?.sqlState === '40001' || fault?.sqlState === '40P01';
}

/** True for a text that PostgreSQL cannot hold, such as one with a NUL: it cannot be a value of ours. */
export function isUnstorableText(error: unknown): boolean {
  const { sqlState } = readDatabaseError(error) ?? {};
  return sqlState === '22021' || sqlState === '22P05';
}

/** True when the database could not be reached, is shutting down or starting, dropped the connection, or had none free. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof RefillError) return error.code === 'database-unavailable';
  const fault = readDatabaseError(error);
  if (fault === undefined) return false;
  const { sqlState, prismaCode, message } = fault;
  if (sqlState !== undefined)
    return sqlState.startsWith('08') || UNREACHABLE_SQL_STATES.has(sqlState) || CLOSED_MESSAGE.test(message);
  if (prismaCode !== undefined && UNREACHABLE_PRISMA_CODES.has(prismaCode)) return true;
  if (UNREACHABLE_MESSAGE.test(message) || POOL_EXHAUSTED_MESSAGE.test(message)) return true;
  return UNREACHABLE_SYSCALLS.has(errorShape.parse(error).code ?? '');
}

/**
 * The error that callers should see: a lost, unreachable or fully used database becomes RefillError `database-unavailable`,
 * everything else stays as it is. After a lost connection a COMMIT may or may not have happened: repeat the operation
 * under its idempotency key, never under a new one.
 */
export function toCallerError(error: unknown): unknown {
  if (error instanceof RefillError || !isDatabaseUnavailable(error)) return error;
  const fault = readDatabaseError(error);
  return new RefillError(
    'database-unavailable',
    POOL_EXHAUSTED_MESSAGE.test(fault?.message ?? '')
      ? 'All connections to the database are in use at the moment. Please try again shortly.'
      : 'The database cannot be reached at the moment. Please try again shortly.',
    { fault },
    { cause: error },
  );
}

function isPrismaCode(code: string | undefined): boolean {
  return code !== undefined && /^P[12]\d{3}$/.test(code);
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends Record<string, unknown>>(
  value: T,
): Partial<Defined<T>> & Pick<T, 'message'>;
function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
