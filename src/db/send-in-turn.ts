import { PrismaPg } from '@prisma/adapter-pg';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/**
 * Connects Prisma to PostgreSQL, and has each of its transactions send one statement at a time. Prisma reads the relations of an
 * `include` side by side, in a transaction too, which has one connection: the driver puts them in a queue, warns that it
 * does (`DeprecationWarning`), and will refuse them from its version 9 on.
 */
export class PrismaPgInTurn extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => sendInTurn(await start(isolationLevel));
    return adapter;
  }
}

/** Makes a transaction send a statement once the one before has its answer, or has failed. */
export function sendInTurn<T extends Pick<Transaction, 'queryRaw' | 'executeRaw'>>(transaction: T): T {
  let previous: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(send: () => Promise<R>): Promise<R> => {
    const answer = previous.then(send, send);
    previous = answer;
    return answer;
  };
  const queryRaw = transaction.queryRaw.bind(transaction);
  const executeRaw = transaction.executeRaw.bind(transaction);
  transaction.queryRaw = (query) => inTurn(() => queryRaw(query));
  transaction.executeRaw = (query) => inTurn(() => executeRaw(query));
  return transaction;
}
