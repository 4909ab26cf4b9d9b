import { setLogOf } from '../after-commit.ts';
import { checkSession, explainFailure, readAddress } from './address/index.ts';
import { Prisma, PrismaClient } from './generated/client.ts';
import { openPool, type PoolOptions } from './open-pool.ts';
import { preparedName, withPreparedStatements } from './prepared-statements.ts';
import { toCallerError } from './read-database-error.ts';
import { PrismaPgInTurn } from './send-in-turn.ts';

/** The Prisma client of this project. Lost connections surface as RefillError `database-unavailable`. */
export type Db = Omit<PrismaClient, '$on' | '$extends'>;
/** A client inside a transaction. */
export type Tx = Prisma.TransactionClient;
/** Either: for reads that may run inside a transaction or outside one. */
export type Queryable = Db | Tx;

/** Prisma's bundled Decimal rounds at 20 digits by default, fewer than a sum of NUMERIC values may hold. */
Prisma.Decimal.set({ precision: 50 });

/**
 * Connects to the database, checks that its sessions are what they must be, and warms the connection up, so that the
 * first real transaction does not pay for loading Prisma's query compiler. Close with `db.$disconnect()`.
 *
 * Throws RefillError with one sentence on what to change: `database-address`, `database-refused`, `database-unfit`, or
 * `database-unavailable` when the server does not answer.
 */
export async function openDb(options: PoolOptions): Promise<Db> {
  const pool = openPool(options);
  const address = readAddress(options.url);
  await checkSession(pool, address, { mustWrite: false }).catch(async (error: unknown) => {
    await pool.end();
    throw explainFailure(error, address).error;
  });
  const client = new PrismaClient({
    adapter: new PrismaPgInTurn(pool, {
      disposeExternalPool: true,
      statementNameGenerator: ({ sql }) => preparedName(sql),
    }),
    transactionOptions: { maxWait: 5_000, timeout: 20_000 },
    errorFormat: 'minimal',
  });
  const db = withPreparedStatements(withCallerErrors(client), pool);
  setLogOf(db, options.log);
  try {
    await db.$transaction((tx) => tx.$queryRaw`SELECT 1`);
  } catch (error) {
    await client.$disconnect();
    throw toCallerError(error);
  }
  return db;
}

/** Translates a lost database at the one place every query passes. The extension adds no types, so none change. */
function withCallerErrors(client: PrismaClient): Db {
  const extended: unknown = client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args);
        } catch (error) {
          throw toCallerError(error);
        }
      },
    },
  });
  return extended as Db;
}
