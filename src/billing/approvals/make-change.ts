import type { Tx } from '../../db/index.ts';
import { dollars } from '../../money.ts';
import { changeRecharge } from '../kinds/recharge/change-recharge.ts';
import { beginRecurring } from '../kinds/subscription/add-recurring.ts';
import { makeSwitch } from '../kinds/subscription/change-subscription.ts';
import { beginBundle } from '../kinds/subscription/start-subscription.ts';
import { makeLimitChange } from '../settings/change-limit.ts';
import type { ApprovalRow } from './read-approval.ts';
import { type Change, findAsker, scopeOfSubject } from './subject.ts';

/**
 * Makes a change that a second admin said yes to, in the name of whoever asked and with what they may do now. Throws
 * what making it without a question throws, and `requester-may-not`.
 */
export async function makeApprovedChange(
  tx: Tx,
  approval: ApprovalRow,
  change: Change,
  yes: { decidedBy: string; at: Date },
): Promise<void> {
  const { at, decidedBy } = yes;
  if (change.kind === 'recurring') {
    await beginRecurring(tx, approval.companyId, {
      amount: dollars(change.amount),
      isCharged: true,
      at,
      approvedBy: decidedBy,
    });
    return;
  }
  const asker = await findAsker(tx, approval);
  switch (change.kind) {
    case 'recharge': {
      const choice = {
        isOn: true,
        threshold: dollars(change.threshold),
        amount: dollars(change.amount),
        cap: dollars(change.cap),
      };
      await changeRecharge(tx, asker, BigInt(change.walletId), () => choice, {
        now: at,
        approvedBy: decidedBy,
      });
      return;
    }
    case 'bundle': {
      const scope = scopeOfSubject({ change }) ?? { kind: 'company' };
      const { token, bundleId } = change;
      await beginBundle(
        tx,
        asker,
        { bundleId: BigInt(bundleId), scope, token },
        { at, approvedBy: decidedBy },
      );
      return;
    }
    case 'bundle_change':
      await makeSwitch(tx, asker, change.token, BigInt(change.bundleId), { at, approvedBy: decidedBy });
      return;
    case 'limit':
      await makeLimitChange(tx, asker, change, { at, approvedBy: decidedBy });
      return;
  }
}
