import type pg from 'pg';
import type { Db } from '../../../src/db/index.ts';

/** A database of the bench's own, started for the first measure that asks for it. */
export interface Database {
  url: string;
  db: Db;
  client: pg.Client;
  /** A folder that the server can write into, for COPY. */
  folder: string;
}

/** A ratio, or what else is measured, beside what it must be. */
export interface Figure {
  id: string;
  value: number;
  target: string;
  absolute: string;
}

/** One comparison; it may come to several figures. */
export interface Measure {
  id: string;
  run(stage: { isQuick: boolean; database: () => Promise<Database> }): Promise<Figure[]>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
