import type { Db, Queryable } from '../../db/index.ts';
import { createDirectory, type DirectoryRows } from './create-directory.ts';
import type { Directory } from './types.ts';

interface CachedDirectory {
  version: bigint;
  directory: Directory;
}

/** What was read, by database: a process of the tests has several. */
const cache = new WeakMap<Db, Map<bigint, CachedDirectory>>();

/**
 * A company's directory as it is now. Cached in memory and read again only after a change, which the database counts;
 * asking costs one look at that count, unless the caller has just looked.
 */
export async function readDirectory(db: Db, companyId: bigint, counted?: bigint): Promise<Directory> {
  const version = counted ?? (await db.directoryVersion.findUnique({ where: { companyId } }))?.version ?? 0n;
  const ofDatabase = cache.get(db) ?? new Map<bigint, CachedDirectory>();
  cache.set(db, ofDatabase);
  const known = ofDatabase.get(companyId);
  if (known?.version === version) return known.directory;
  const directory = createDirectory(companyId, await readDirectoryRows(db, companyId));
  // The count was read before the rows: a change in between makes the next caller read again, never too late.
  ofDatabase.set(companyId, { version, directory });
  return directory;
}

/** The rows themselves, as they are now. */
export async function readDirectoryRows(db: Queryable, companyId: bigint): Promise<DirectoryRows> {
  const where = { companyId };
  // One after the other: a transaction has one connection, and that one query at a time.
  const offices = await db.office.findMany({ where });
  const departments = await db.department.findMany({ where });
  const members = await db.member.findMany({ where });
  const numbers = await db.phoneNumber.findMany({ where });
  return { offices, departments, members, numbers };
}
