import type { Db } from '../../src/db/index.ts';
import { createGroupCommit } from '../../src/group-commit.ts';
import { type NewUsage, postUsage, type UsageOutcome } from '../../src/ledger/index.ts';
import { numberKey } from './number-key.ts';

/** Posts single records of many concurrent callers together, as intake does; resolves once one is committed. */
export const createUsagePoster = (
  db: Db,
  at: Date,
): ((companyId: bigint, record: NewUsage) => Promise<UsageOutcome>) =>
  createGroupCommit({
    maxItems: 1_000,
    commit: (companyId, records: NewUsage[]) => postUsage(db, { numberKey, companyId, at, records }),
  });
