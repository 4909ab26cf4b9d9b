/**
 * The few statements that run hundreds of times a second, or that take longer to plan than to answer. A raw statement that begins with `/* prepared: some-name *\/` is
 * parsed and planned once a connection, under that name; and outside a transaction it goes to the driver by the shortest
 * way, because the client takes as long to hand such a statement on as the server takes to answer it.
 */
import pg from 'pg';
import { Prisma } from './generated/client.ts';
import type { Db } from './open-db.ts';
import { toCallerError } from './read-database-error.ts';

/** The name a statement asks to be prepared under; '' for all others, which a connection does not keep. */
export function preparedName(sql: string): string {
  return /^\s*\/\* prepared: ([a-z-]+) \*\//.exec(sql)?.[1] ?? '';
}

const { INT8 } = pg.types.builtins;
const INT8_ARRAY = 1016;
const TEXT_ARRAY: number = 1009;
const parseTexts = pg.types.getTypeParser(TEXT_ARRAY);

/** As the client answers: whole numbers of eight bytes as bigint. Decimals are not among what these statements answer. */
export const clientTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt;
    if (oid === INT8_ARRAY) return toBigInts;
    return pg.types.getTypeParser(oid, format);
  },
};

function toBigInts(text: string): (bigint | null)[] {
  const items: (string | null)[] = parseTexts(text);
  return items.map((item) => (item === null ? null : BigInt(item)));
}

/** The client, whose prepared queries outside a transaction go through the pool that it draws its connections from. */
export function withPreparedStatements(db: Db, pool: pg.Pool): Db {
  const queryRaw = async (
    query: TemplateStringsArray | Prisma.Sql,
    ...values: unknown[]
  ): Promise<unknown> => {
    const statement = 'raw' in query ? Prisma.sql(query, ...values) : query;
    const name = preparedName(statement.text);
    if (name === '') return await db.$queryRaw(statement);
    try {
      return (await pool.query({ name, text: statement.text, values: statement.values, types: clientTypes }))
        .rows;
    } catch (error) {
      throw toCallerError(error);
    }
  };
  return new Proxy(db, {
    get: (client, key) => (key === '$queryRaw' ? queryRaw : Reflect.get(client, key, client)),
  });
}
