/**
 * What an error of a service says to people, by its code: the one table of this surface. `GENERAL` has every code that can
 * come to Slack; a new code does not compile until it stands there, or among those that stay elsewhere. `BY_ACT` has what a
 * code means where one thing is being done, and goes first there.
 */
import { describeBy, type ErrorCode, type ErrorCopy, type ErrorDetails, RefillError } from '../errors.ts';
import {
  approvalCopy,
  bundleCopy,
  cardCopy,
  exportCopy,
  generalCopy,
  invoiceCopy,
  moveCopy,
  peopleCopy,
  purchaseCopy,
  receiptCopy,
  rechargeCopy,
  requestCopy,
  settingsCopy,
  sharingCopy,
  verificationCopy,
} from './copy/index.ts';
import type { ElsewhereCode } from './elsewhere-codes.ts';

type SlackCode = Exclude<ErrorCode, ElsewhereCode>;
/** Null: a failure of ours, told with a reference that the log has too. */
type General = {
  readonly [Code in SlackCode]:
    | ((details: Code extends keyof ErrorDetails ? ErrorDetails[Code] : unknown) => string)
    | null;
};

const outdated = (): string => generalCopy.outdated;

const GENERAL: General = {
  'above-approval-limit': null,
  'above-operator': () => approvalCopy.aboveOperator,
  'amount-above-maximum': ({ limit }) => purchaseCopy.aboveMaximum(limit),
  'amount-below-minimum': ({ limit }) => purchaseCopy.belowMinimum(limit),
  'amount-below-threshold': (details) => rechargeCopy.faults['amount-below-threshold'](details),
  'approval-unknown': outdated,
  'approver-is-requester': () => approvalCopy.ownRequest,
  'bad-facts': null,
  'bad-lines': null,
  'bad-range': () => exportCopy.tooLong,
  'bad-time-zone': null,
  'books-disagree': null,
  'bundle-unknown': outdated,
  'cap-below-amount': (details) => rechargeCopy.faults['cap-below-amount'](details),
  'cap-not-raised': (details) => rechargeCopy.faults['cap-not-raised'](details),
  'cap-not-yours': (details) => rechargeCopy.faults['cap-not-yours'](details),
  'card-needs-replacing': ({ card }) => purchaseCopy.needsReplacing(card),
  'card-unknown': outdated,
  'changed-meanwhile': outdated,
  'company-suspended': ({ state }) => generalCopy.notServed[state],
  'company-unknown': null,
  'daily-limit': ({ limit, room }) => purchaseCopy.dailyLimit(limit, room),
  'database-unavailable': null,
  'export-unknown': outdated,
  'exposure-limit': ({ limit, room }) => purchaseCopy.exposureLimit(limit, room),
  'grant-unknown': outdated,
  'hold-resolved': null,
  'hold-unknown': outdated,
  'invoice-closed': null,
  'invoice-unknown': outdated,
  'key-conflict': null,
  'last-admin': () => peopleCopy.lastAdmin,
  'ledger-refused': null,
  'limit-unknown': outdated,
  'link-code-expired': () => generalCopy.linkRefused['link-code-expired'],
  'link-code-unknown': () => generalCopy.linkRefused['link-code-unknown'],
  'link-code-used': () => generalCopy.linkRefused['link-code-used'],
  'link-too-many-tries': () => generalCopy.linkRefused['link-too-many-tries'],
  'may-buy': () => requestCopy.mayBuy,
  'move-too-large': ({ free }) => moveCopy.tooLarge(free),
  'no-answerer': () => requestCopy.noAnswerer,
  'no-approver': ({ limit }) => approvalCopy.noApprover(limit),
  'no-book': null,
  'no-card': () => approvalCopy.noCard,
  'no-second-admin': null,
  'not-allowed': () => generalCopy.notAllowed,
  'not-answerer': ({ buyers }) => requestCopy.notYours(buyers),
  'not-approver': ({ approvers, isCompanyWide }) => approvalCopy.notYours(approvers, isCompanyWide),
  'not-company-admin': () => peopleCopy.notAnyMore,
  'company-closed': null,
  'office-unknown': outdated,
  'order-closed': outdated,
  'order-not-open': null,
  'order-not-retryable': null,
  'order-not-reviewed': outdated,
  'order-unconfirmed': null,
  'order-under-way': () => sharingCopy.refusals['order-under-way'],
  'order-unknown': outdated,
  'place-needed': () => peopleCopy.placeNeeded.office_admin,
  'place-unexpected': () => peopleCopy.officesUnexpected,
  'place-unknown': () => peopleCopy.placeUnknown,
  'processor-unanswered': null,
  'purchases-paused': () => purchaseCopy.paused.dispute,
  'receipt-unknown': () => receiptCopy.gone,
  'recharge-changed': () => rechargeCopy.outdated,
  'recharge-unknown': outdated,
  'request-open': () => requestCopy.stillOpen,
  'request-over': ({ state, by }) => requestCopy.over(state, by),
  'request-unknown': outdated,
  'requester-may-not': () => approvalCopy.askerMayNot,
  'resume-not-yours': () => rechargeCopy.resumeNotYours,
  'reversal-unknown': outdated,
  'role-included': () => peopleCopy.roleIncluded,
  'role-not-held': () => peopleCopy.roleGone,
  'secret-unreadable': null,
  'settings-unknown': outdated,
  'sharing-already': () => sharingCopy.refusals['sharing-already'],
  'sharing-unknown': outdated,
  'subscription-unknown': outdated,
  'too-many-exports': () => exportCopy.tooMany,
  'too-many-records': null,
  'totals-differ': null,
  'usage-time': null,
  'usage-ambiguous': null,
  'usage-unknown': outdated,
  'wallet-missing': null,
  'wallet-unknown': outdated,
  'workspace-already-bound': () => generalCopy.linkRefused['workspace-already-bound'],
  'workspace-unknown': null,
};

const PURCHASE: ErrorCopy = {
  'company-suspended': ({ state }) => generalCopy.notServed[state],
  'purchases-paused': () => purchaseCopy.paused.dispute,
  'card-needs-replacing': ({ card }) => purchaseCopy.needsReplacing(card),
  'not-allowed': () => purchaseCopy.notAllowedThere,
  'amount-below-minimum': ({ limit }) => purchaseCopy.belowMinimum(limit),
  'amount-above-maximum': ({ limit }) => purchaseCopy.aboveMaximum(limit),
  'daily-limit': ({ limit, room }) => purchaseCopy.dailyLimit(limit, room),
  'exposure-limit': ({ limit, room }) => purchaseCopy.exposureLimit(limit, room),
  'no-approver': ({ limit }) => approvalCopy.noApprover(limit),
};

/** The same where something else of theirs was not done for it. */
function within(copy: ErrorCopy, say: (sentence: string) => string): ErrorCopy {
  return Object.fromEntries(
    Object.keys(copy).map((code) => [
      code,
      (details: ErrorDetails[keyof ErrorDetails]) =>
        say((copy[code as keyof ErrorDetails] as (given: unknown) => string)(details)),
    ]),
  );
}

const BY_ACT = {
  purchase: PURCHASE,
  /** Another try of a declined purchase, with a card that the button names. */
  retry: { ...PURCHASE, 'card-unknown': () => cardCopy.gone },
  card: { 'card-unknown': () => cardCopy.gone },
  verification: {
    ...PURCHASE,
    'not-allowed': () => verificationCopy.notAllowed,
    'order-unknown': () => verificationCopy.over,
  },
  request: {
    ...PURCHASE,
    'may-buy': () => requestCopy.mayBuy,
    'request-open': () => requestCopy.stillOpen,
    'no-answerer': () => requestCopy.noAnswerer,
    'request-unknown': () => requestCopy.gone,
    'not-answerer': ({ buyers }) => requestCopy.notYours(buyers),
    'request-over': ({ state, by }) => requestCopy.over(state, by),
  },
  /** The answer to an approval, and what stands against what it approves. */
  approval: {
    ...within(PURCHASE, approvalCopy.notNow),
    'approval-unknown': () => approvalCopy.gone,
    'approver-is-requester': () => approvalCopy.ownRequest,
    'not-approver': ({ approvers, isCompanyWide }) => approvalCopy.notYours(approvers, isCompanyWide),
    'requester-may-not': () => approvalCopy.askerMayNot,
    'no-card': () => approvalCopy.noCard,
    'bundle-unknown': () => approvalCopy.notNow(bundleCopy.gone),
    'subscription-unknown': () => approvalCopy.notNow(bundleCopy.gone),
    'above-operator': () => approvalCopy.aboveOperator,
  },
  bundle: {
    ...within(PURCHASE, purchaseCopy.refused),
    'no-card': () => bundleCopy.noCard,
    'bundle-unknown': () => bundleCopy.gone,
    'office-unknown': () => bundleCopy.gone,
    'subscription-unknown': () => bundleCopy.gone,
  },
  /** On a field of the form of auto-recharge. */
  rechargeField: rechargeCopy.faults,
  recharge: {
    ...within(PURCHASE, (sentence) => `${sentence} Nothing was changed.`),
    ...rechargeCopy.faults,
    'no-card': () => rechargeCopy.noCard,
    'recharge-unknown': () => rechargeCopy.outdated,
    'recharge-changed': () => rechargeCopy.outdated,
    'resume-not-yours': () => rechargeCopy.resumeNotYours,
  },
  receipt: { 'receipt-unknown': () => receiptCopy.gone },
  invoice: { 'invoice-unknown': () => invoiceCopy.gone },
  /** On the period of the form of an export. */
  exportField: { 'bad-range': () => exportCopy.tooLong, 'too-many-exports': () => exportCopy.tooMany },
  export: { 'not-allowed': () => exportCopy.notAllowed },
  exportCancel: { 'not-allowed': () => exportCopy.notYours },
  settings: { 'settings-unknown': () => settingsCopy.outdated },
  sharing: {
    ...PURCHASE,
    'order-under-way': () => sharingCopy.refusals['order-under-way'],
    'sharing-already': () => sharingCopy.refusals['sharing-already'],
    'sharing-unknown': () => sharingCopy.refusals['sharing-unknown'],
    'not-allowed': () => sharingCopy.refusals['not-allowed'],
  },
  /** On the roles of the form that removes them. */
  rolesField: { 'last-admin': () => peopleCopy.lastAdmin, 'role-not-held': () => peopleCopy.roleGone },
  roles: {
    'not-company-admin': () => peopleCopy.notAnyMore,
    'role-not-held': () => peopleCopy.roleGone,
  },
  link: {
    'link-code-unknown': () => generalCopy.linkRefused['link-code-unknown'],
    'link-code-used': () => generalCopy.linkRefused['link-code-used'],
    'link-code-expired': () => generalCopy.linkRefused['link-code-expired'],
    'link-too-many-tries': () => generalCopy.linkRefused['link-too-many-tries'],
    'workspace-already-bound': () => generalCopy.linkRefused['workspace-already-bound'],
  },
} satisfies Record<string, ErrorCopy>;

/** What was being done when the error came. */
export type Act = keyof typeof BY_ACT;

/** What stands against an act, as people read it; null where the error is about something else. */
export function describeRefusal(act: Act, error: unknown): string | null {
  return describeBy(BY_ACT[act], error);
}

/** The same whatever was being done; null where the error is a failure of ours. */
export function describeError(error: unknown): string | null {
  if (!(error instanceof RefillError)) return null;
  const describe = (GENERAL as Readonly<Record<string, ((details: unknown) => string) | null>>)[error.code];
  return describe?.(error.details) ?? null;
}
