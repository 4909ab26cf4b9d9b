import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { enqueue } from '../../queue/index.ts';
import type { ExportFacts, ExportFailure, ExportQuery } from './types.ts';

export type ExportRow = NonNullable<Awaited<ReturnType<Queryable['usageExport']['findUnique']>>>;

export interface ExportKey {
  companyId: bigint;
  id: bigint;
}

/** Exports that run at the same time, however many were asked for: money's own work is never kept waiting. */
const LANES = 2n;

const ids = z
  .array(
    z
      .string()
      .regex(/^\d{1,18}$/)
      .transform((text) => BigInt(text)),
  )
  .optional();
const storedQuery = z.object({
  from: z.iso.datetime().transform((text) => new Date(text)),
  to: z.iso.datetime().transform((text) => new Date(text)),
  officeIds: ids,
  departmentIds: ids,
  memberIds: ids,
  categories: z.array(z.string()).optional(),
});

/** A query as it is stored; without what it does not narrow. */
export function storeQuery(query: ExportQuery): Record<string, string | string[]> {
  const lists = { ...query, from: undefined, to: undefined };
  const given = Object.entries(lists).flatMap(([name, list]) =>
    list === undefined ? [] : [[name, list.map(String)]],
  );
  return { from: query.from.toISOString(), to: query.to.toISOString(), ...Object.fromEntries(given) };
}

/** Reads it again; also where it was elsewhere meanwhile. Throws ZodError for what is no query. */
export function readStoredQuery(stored: unknown): ExportQuery {
  const { from, to, ...lists } = storedQuery.parse(stored);
  const given = Object.entries(lists).filter(([, list]) => list !== undefined);
  return { from, to, ...Object.fromEntries(given) };
}

/** The export as it may be shown, with names for the ids in its query. */
export async function describeExport(db: Queryable, row: ExportRow): Promise<ExportFacts> {
  const query = readStoredQuery(row.filter);
  const named = (list: readonly bigint[] | undefined) => ({
    where: { companyId: row.companyId, id: { in: [...(list ?? [])] } },
    select: { name: true },
    orderBy: { name: 'asc' as const },
  });
  const offices = await db.office.findMany(named(query.officeIds));
  const departments = await db.department.findMany(named(query.departmentIds));
  const people = await db.member.findMany(named(query.memberIds));
  const name = (list: readonly { name: string }[]): string[] => list.map((each) => each.name);
  return {
    companyId: row.companyId,
    id: row.id,
    token: row.token,
    state: row.state,
    by: { teamId: row.teamId, userId: row.userId },
    scheduledBy: row.scheduledBy,
    askedIn: row.askedIn,
    query,
    only: {
      offices: name(offices),
      departments: name(departments),
      people: name(people),
      categories: query.categories ?? [],
    },
    timeZone: row.timeZone,
    fileName: row.fileName,
    toChannel: row.toChannel,
    done: Number(row.done),
    total: row.total === null ? null : Number(row.total),
    cost: row.costMicros === null ? null : fromMicros(row.costMicros),
    failure: row.failure as ExportFailure | null,
    reference: row.reference,
    cancelledBy: row.cancelledBy,
    message:
      row.messageChannel === null || row.messageTs === null
        ? null
        : { channelId: row.messageChannel, ts: row.messageTs },
  };
}

/** Enqueues the export's next step, or an update of its message. A company's second export waits for the first of every other company. */
export async function enqueueExport(tx: Queryable, { companyId, id }: ExportKey): Promise<void> {
  const before = await tx.usageExport.count({
    where: { companyId, id: { lt: id }, finishedAt: null, state: { not: 'draft' } },
  });
  const options = { queue: `export:${id % LANES}`, key: `${companyId}:${id}`, priority: before };
  await enqueue(tx, 'run-export', { companyId, exportId: id }, options);
}
