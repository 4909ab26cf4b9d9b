import type { Queryable } from '../../../db/index.ts';
import { dollars, fromMicros } from '../../../money.ts';
import { type AnswerRight, mayAnswer } from '../../../org/index.ts';
import type { Approvable } from '../../approvals/approvable.ts';
import { scopeOfChange } from '../../approvals/change-values.ts';
import { findAsker } from '../../approvals/subject.ts';
import { DEFAULT_RECHARGE_CHOICE } from '../../recharge-choice.ts';
import { changeRecharge } from './change-recharge.ts';
import {
  choiceOfChange,
  type RechargeChange,
  rechargeChange,
  rechargeSubjectKey,
} from './recharge-change.ts';

/** Auto-recharge that lets more be charged than the approval limit (R9). Applies R9.14. */
export const rechargeApprovable: Approvable<RechargeChange> = {
  kind: 'recharge',
  parse: (stored) => rechargeChange.parse(stored),
  keyOf: ({ walletId }) => rechargeSubjectKey(walletId),
  scopesOf: (change) => [scopeOfChange(change)],
  amountOf: ({ amount }) => amount,
  rightToAnswer: (db, { id }, change) => rightToAnswer(db, id, change),
  mayAsk: async (db, person, change) => mayAnswer(person, await rightToAnswer(db, person.company.id, change)),
  chargesAtOnce: ({ chargesNow }) => chargesNow,
  async apply(tx, change, { approval, decidedBy, at }) {
    const asker = await findAsker(tx, approval);
    const choice = choiceOfChange(change);
    const yes = { now: at, approvedBy: decidedBy };
    await changeRecharge(tx, asker, BigInt(change.walletId), () => choice, yes);
  },
  describe: (change) => change,
  auditOf: ({ fills = false, ...change }) => ({ ...change, fills }),
};

/** Recharge limits, and what resumes auto-recharge, are the company admins' alone; the rest is the buyers' (R30). */
async function rightToAnswer(db: Queryable, companyId: bigint, change: RechargeChange): Promise<AnswerRight> {
  const walletId = BigInt(change.walletId);
  const setting = await db.rechargeSetting.findFirst({ where: { companyId, walletId } });
  const present = setting === null ? DEFAULT_RECHARGE_CHOICE.cap : fromMicros(setting.capMicros);
  const isResumed = setting !== null && setting.pausedFor !== null;
  return isResumed || !present.equals(dollars(change.cap)) ? 'company_admins' : [scopeOfChange(change)];
}
