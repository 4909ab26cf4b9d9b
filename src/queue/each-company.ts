import { isDatabaseUnavailable, readDatabaseError } from '../db/index.ts';

/** The statement took too long, or its lock did: another transaction holds the company's rows. */
const TIMED_OUT = new Set(['57014', '55P03']);

/** Does one thing for each row, each of its company's; see EachCompany. */
export async function forEachCompany<Row extends { companyId: bigint }>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  work: (row: Row) => Promise<unknown>,
): Promise<void> {
  const each = new EachCompany();
  for await (const row of rows) await each.work(row.companyId, () => work(row));
  each.end();
}

/**
 * What a sweep does company by company: where it fails for one, it goes on with the others and fails in the end, so that
 * the sweeper logs whose it was and tries again. A database that is away ends it at once.
 */
export class EachCompany {
  readonly #errors = new Map<bigint, unknown[]>();
  readonly #busy = new Set<bigint>();

  /** Does one thing for a company; false where it failed. A company that kept us waiting is left for the next time. */
  async work(companyId: bigint, work: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy.has(companyId)) return false;
    try {
      await work();
      return true;
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      this.#errors.set(companyId, [...(this.#errors.get(companyId) ?? []), error]);
      if (TIMED_OUT.has(readDatabaseError(error)?.sqlState ?? '')) this.#busy.add(companyId);
      return false;
    }
  }

  /** Throws one AggregateError that names the companies for which something failed, with every error. */
  end(): void {
    if (this.#errors.size === 0) return;
    const companies = [...this.#errors.keys()].join(', ');
    throw new AggregateError(
      [...this.#errors.values()].flat(),
      `it failed for company ${companies}; the others are done`,
    );
  }
}
