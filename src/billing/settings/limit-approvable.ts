import { z } from 'zod';
import { isCompanyAdmin } from '../../org/index.ts';
import type { Approvable } from '../approvals/approvable.ts';
import { amount } from '../approvals/change-values.ts';
import { findAsker } from '../approvals/subject.ts';
import { makeLimitChange } from './change-limit.ts';

const limitChange = z.object({ kind: z.literal('limit'), to: amount.nullable(), amount });
type LimitChange = z.infer<typeof limitChange>;

export const APPROVAL_LIMIT_SUBJECT_KEY = 'limit';

/** A looser approval limit of the company's own: the company admins' alone (R9, R30). */
export const limitApprovable: Approvable<LimitChange> = {
  kind: 'limit',
  parse: (stored) => limitChange.parse(stored),
  keyOf: () => APPROVAL_LIMIT_SUBJECT_KEY,
  scopesOf: () => null,
  amountOf: ({ amount: own }) => own,
  rightToAnswer: async () => 'company_admins',
  mayAsk: async (_db, person) => isCompanyAdmin(person),
  chargesAtOnce: () => false,
  async apply(tx, change, { approval, decidedBy, at }) {
    const asker = await findAsker(tx, approval);
    await makeLimitChange(tx, asker, change, { at, approvedBy: decidedBy });
  },
  describe: (change) => change,
  auditOf: (change) => ({ ...change }),
};
