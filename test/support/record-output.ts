import { Socket } from 'node:net';
import type { Db } from '../../src/db/index.ts';

/** Where the bytes of a connection go: the port it was opened to, or the one of ours that it came in at. */
export interface Ends {
  remotePort: number | undefined;
  localPort: number | undefined;
}

/**
 * Records every byte that this process writes to a network connection, except on those that `ignores` names, until it is
 * stopped. What it records is text: requests and answers alike.
 */
export function recordOutput(ignores: (ends: Ends) => boolean): { text(): string; stop(): void } {
  const parts: string[] = [];
  const { write } = Socket.prototype;
  Socket.prototype.write = function recorded(this: Socket, ...args: unknown[]) {
    const [chunk] = args;
    const { remotePort, localPort } = this;
    if (!ignores({ remotePort, localPort }) && (typeof chunk === 'string' || chunk instanceof Uint8Array))
      parts.push(Buffer.from(chunk as Uint8Array).toString('utf8'));
    return Reflect.apply(write, this, args);
  } as typeof write;
  return {
    text: () => parts.join('\n'),
    stop: () => {
      Socket.prototype.write = write;
    },
  };
}

/** Every row of every table of the app's database, as text; without the columns that `omit` names, as `table.column`. */
export async function dumpDatabase(db: Db, omit: readonly string[]): Promise<string> {
  const tables = await db.$queryRaw<{ schema: string; name: string }[]>`
    SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`;
  const texts = [];
  for (const { schema, name } of tables) {
    const columns = omit
      .filter((column) => column.startsWith(`${name}.`))
      .map((column) => column.split('.')[1]);
    const rows = await db.$queryRawUnsafe<{ text: string }[]>(
      `SELECT (to_jsonb(t) - $1::text[])::text AS text FROM "${schema}"."${name}" AS t`,
      columns,
    );
    texts.push(`${schema}.${name}`, ...rows.map(({ text }) => text));
  }
  return texts.join('\n');
}
