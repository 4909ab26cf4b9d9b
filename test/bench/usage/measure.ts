import type { Database } from '../database.ts';
import type { Figure } from '../figures.ts';

/** One comparison; it may come to several figures. The database is started for the first measure that asks for it. */
export interface Measure {
  id: string;
  run(stage: { isQuick: boolean; database: () => Promise<Database> }): Promise<Figure[]>;
}
