import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, Prisma, type Tx } from '../../../src/db/index.ts';

const WRITES = ['update', 'updateMany', 'updateManyAndReturn', 'create', 'delete', 'deleteMany'];
/** What a claim asks for besides the key of its row. */
const JUDGED = [
  'state',
  'version',
  'amountMicros',
  'officeId',
  'cardId',
  'claimedAt',
  'removedAt',
  'retryAt',
];
const LONGEST_PAUSE_MS = 15;

/** A call as the client takes it. */
type Call = (...args: readonly unknown[]) => unknown;

/**
 * A client whose transactions are slow between reading and writing, so that what may come in between does. With
 * `guards` it asks the database for everything that the app asks it for; without, no company is locked and every claim
 * is made by the key of its row alone: what the app would be if it read first and then wrote.
 */
export function racingDb(db: Db, { guards }: { guards: boolean }): Db {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$transaction' || !isCall(value)) return value;
      return (work: (tx: Tx) => Promise<unknown>, ...options: unknown[]) =>
        value.call(target, (tx: Tx) => work(racingTx(tx, guards)), ...options);
    },
  });
}

function racingTx(tx: Tx, guards: boolean): Tx {
  return new Proxy(tx, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === '$queryRaw' && isCall(value)) return readWithout(value.bind(target), guards);
      return isModel(name, value) ? racingModel(value, guards) : value;
    },
  });
}

/** Runs a statement, without its row lock where nothing guards. */
function readWithout(query: Call, guards: boolean): Call {
  return (statement, ...values) => {
    if (guards || !Array.isArray(statement)) return query(statement, ...values);
    const parts = statement.map((part) => String(part).replace(/ FOR (NO KEY )?UPDATE/, ''));
    return query(Prisma.sql(parts, ...values));
  };
}

function racingModel<T extends object>(model: T, guards: boolean): T {
  return new Proxy(model, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name !== 'string' || !WRITES.includes(name) || !isCall(value)) return value;
      return async (args: unknown) => {
        await sleep(Math.random() * LONGEST_PAUSE_MS);
        return await value.call(target, guards ? args : byKeyAlone(args));
      };
    },
  });
}

/** The same write, whatever became of the row since it was read. */
function byKeyAlone(args: unknown): unknown {
  if (!isRecord(args) || !isRecord(args.where)) return args;
  const isOfOneRow = 'id' in args.where || 'token' in args.where;
  if (!isOfOneRow) return args;
  const where = Object.fromEntries(Object.entries(args.where).filter(([key]) => !JUDGED.includes(key)));
  return { ...args, where };
}

const isCall = (value: unknown): value is Call => typeof value === 'function';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isModel = (name: string | symbol, value: unknown): value is object =>
  typeof name === 'string' && /^[a-z]/.test(name) && typeof value === 'object' && value !== null;
