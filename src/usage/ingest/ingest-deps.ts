import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import type { SecretBox } from '../../org/index.ts';

/** What every way in needs. */
export interface IngestDeps {
  db: Db;
  clock: Clock;
  /** Opens the key of a company's numbers. */
  secrets: SecretBox;
}
