import { dollars } from '../../../money.ts';
import { isCompanyAdmin } from '../../../org/index.ts';
import type { Approvable, StoredChange } from '../../approvals/approvable.ts';
import { scopeOfChange } from '../../approvals/change-values.ts';
import { findAsker } from '../../approvals/subject.ts';
import { beginRecurring } from './add-recurring.ts';
import { makeSwitch } from './change-subscription.ts';
import { beginBundle } from './start-subscription.ts';
import {
  type BundleChange,
  bundleChange,
  type RecurringChange,
  recurringChange,
  type SwitchChange,
  switchChange,
  switchSubjectKey,
} from './subscription-changes.ts';

/** What bundles and recurring funds have in common: bundles are the company admins', and buyers answer (R30). */
function ofCredits<T extends StoredChange & { officeId: string | null }>() {
  return {
    scopesOf: (change: T) => [scopeOfChange(change)],
    amountOf: ({ amount }: T) => amount,
    rightToAnswer: async (_db: unknown, _company: unknown, change: T) => [scopeOfChange(change)],
    mayAsk: async (_db: unknown, person: Parameters<typeof isCompanyAdmin>[0]) => isCompanyAdmin(person),
    auditOf: (change: T) => ({ ...change }) as Record<string, string | boolean | null>,
  };
}

export const bundleApprovable: Approvable<BundleChange> = {
  ...ofCredits<BundleChange>(),
  kind: 'bundle',
  parse: (stored) => bundleChange.parse(stored),
  keyOf: ({ token }) => `bundle:${token}`,
  chargesAtOnce: () => true,
  async apply(tx, { bundleId, token, officeId }, { approval, decidedBy, at }) {
    const asker = await findAsker(tx, approval);
    const choice = { bundleId: BigInt(bundleId), scope: scopeOfChange({ officeId }), token };
    await beginBundle(tx, asker, choice, { at, approvedBy: decidedBy });
  },
  describe: (change) => change,
};

export const switchApprovable: Approvable<SwitchChange> = {
  ...ofCredits<SwitchChange>(),
  kind: 'bundle_change',
  parse: (stored) => switchChange.parse(stored),
  keyOf: ({ token }) => switchSubjectKey(token),
  chargesAtOnce: () => false,
  async apply(tx, { bundleId, token }, { approval, decidedBy, at }) {
    const asker = await findAsker(tx, approval);
    await makeSwitch(tx, asker, token, BigInt(bundleId), { at, approvedBy: decidedBy });
  },
  describe: (change) => change,
};

export const recurringApprovable: Approvable<RecurringChange> = {
  ...ofCredits<RecurringChange>(),
  kind: 'recurring',
  parse: (stored) => recurringChange.parse(stored),
  keyOf: ({ officeId, amount }) => `recurring:${officeId ?? 'pool'}:${amount}`,
  chargesAtOnce: () => true,
  async apply(tx, { amount }, { approval, decidedBy, at }) {
    const funds = { amount: dollars(amount), isCharged: true, at, approvedBy: decidedBy };
    await beginRecurring(tx, approval.companyId, funds);
  },
  describe: (change) => change,
};
