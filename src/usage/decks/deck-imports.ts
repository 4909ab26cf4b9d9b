import type { Queryable } from '../../db/index.ts';

/** An import of rates, without its rows. */
interface DeckImportFacts {
  version: bigint;
  /** Covers the import and all before it. */
  digest: string;
  /** When prices change by it. */
  changeTimes: Date[];
  importedAt: Date;
}

/** Imports in their order. */
export type DeckImports = readonly DeckImportFacts[];

/** All imports there are. */
export async function listImports(db: Queryable): Promise<DeckImports> {
  return await db.$queryRaw<DeckImportFacts[]>`
    SELECT version, digest, change_times AS "changeTimes", imported_at AS "importedAt" FROM rate_deck ORDER BY version`;
}

/** The newest of them, undefined where there is none. */
export function newestOf(imports: DeckImports): DeckImportFacts | undefined {
  return imports.at(-1);
}

/** What was known at an instant: the newest import of that time and all before it. */
export function knownAt(imports: DeckImports, at: Date): DeckImports {
  return imports.slice(0, imports.findLastIndex(({ importedAt }) => importedAt <= at) + 1);
}

/** Those that change a price at an instant or before it. */
export function begunBy(imports: DeckImports, at: Date): DeckImports {
  return imports.filter(({ changeTimes }) => changeTimes.some((time) => time <= at));
}

/** Every time at which a price changes, the oldest first. */
export function timesUpTo(imports: DeckImports): Date[] {
  const times = new Set(imports.flatMap(({ changeTimes }) => changeTimes.map((at) => at.getTime())));
  return [...times].toSorted((a, b) => a - b).map((at) => new Date(at));
}
