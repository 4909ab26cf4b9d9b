import { type Db, Prisma, retryConflicts, type Tx, whereTraced } from '../../db/index.ts';
import { createGroupCommit } from '../../group-commit.ts';
import { asLedgerCall } from '../../ledger/index.ts';

/** A call of one of the functions of `prisma/functions/hold-requests.sql`; `name` is the function's. */
export interface HoldDecision {
  name: 'ask_hold' | 'capture_hold' | 'release_hold_request';
  values: Prisma.Sql;
}

/** Has a hold decided, and returns the function's answer. Throws what the ledger refuses as RefillError. */
export type DecideHold = (decision: HoldDecision) => Promise<unknown>;

/** Each number of decisions and their kinds is a statement of its own, which connections keep. */
const MAX_TOGETHER = 8;

/** In a transaction, which decides more than the hold. */
export const decideIn =
  (tx: Tx): DecideHold =>
  async (decision) =>
    (await decide(tx, [decision]))[0];

type Group = ReturnType<typeof createGroupCommit<HoldDecision, unknown>>;
const groups = new WeakMap<Db, Group>();

/**
 * By itself. What a company asks while one of its statements is under way is decided by the next one together: all of it waits
 * for the book's lock and the disk anyway, and so it does that once, and on one connection, whose plans are made. A deadlock or a
 * serialisation conflict decides nothing, and the statement is sent again as a transaction would be.
 */
export function decideTogether(db: Db, companyId: bigint): DecideHold {
  const group: Group =
    groups.get(db) ??
    createGroupCommit({
      maxItems: MAX_TOGETHER,
      commit: async (_, decisions) => await retryConflicts(() => decide(db, decisions)),
    });
  groups.set(db, group);
  return async (decision) => await group(companyId, decision);
}

/** One statement, and outside of a transaction one transaction: where one decision fails, none is made. */
async function decide(db: Db | Tx, decisions: readonly HoldDecision[]): Promise<unknown[]> {
  const ordered = decisions
    .map((decision, place) => ({ ...decision, place }))
    .sort((a, b) => a.name.localeCompare(b.name));
  const kinds = ordered.map(({ name }) => name.slice(0, 1)).join('');
  const calls = ordered.map(
    ({ name, values, place }) =>
      Prisma.sql`SELECT ${place}::int AS place, ${Prisma.raw(name)}(${values}) AS answer ${whereTraced()}`,
  );
  const statement = Prisma.sql`${Prisma.raw(`/* prepared: holds-${kinds} */`)} ${Prisma.join(calls, ' UNION ALL ')}`;
  const rows = await asLedgerCall(() => db.$queryRaw<{ place: number; answer: unknown }[]>(statement));
  const answers: unknown[] = [];
  for (const { place, answer } of rows) answers[place] = answer;
  return answers;
}
