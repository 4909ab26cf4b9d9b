import type { Logger } from './log.ts';

/** What is done once a change is stored for good; it must not throw. */
type AfterCommit = (log: Logger) => void;

/** The log of each database client, and what waits for the end of each transaction. */
const logs = new WeakMap<object, Logger>();
const waiting = new WeakMap<object, AfterCommit[]>();

/** Says which log the changes of a database client are written to. */
export function setLogOf(db: object, log: Logger): void {
  logs.set(db, log);
}

/**
 * Does something once the transaction has committed, and nothing where it rolls back; outside of one, where each
 * statement commits by itself, at once. Call it after the statement that it is about.
 */
export function afterCommit(client: object, work: AfterCommit): void {
  const list = waiting.get(client);
  const log = logs.get(client);
  if (list !== undefined) list.push(work);
  else if (log !== undefined) work(log);
}

/** Runs one try of a transaction and, where it commits, what was to come after it. */
export async function withAfterCommit<Tx extends object, T>(
  db: object,
  run: (begin: (tx: Tx) => void) => Promise<T>,
): Promise<T> {
  const list: AfterCommit[] = [];
  const result = await run((tx) => void waiting.set(tx, list));
  const log = logs.get(db);
  if (log !== undefined) for (const work of list) work(log);
  return result;
}
