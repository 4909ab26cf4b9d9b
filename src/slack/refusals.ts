/** What stands against a request, from an error's code to the sentence that people read: the one map of this surface. */
import { describeBy, type ErrorCopy } from '../errors.ts';
import { Refusal } from './access/require-person.ts';
import { approvalWords, bundleWords, peopleCopy, purchaseWords, requestWords } from './copy/index.ts';

const PURCHASE: ErrorCopy = {
  'purchases-paused': () => purchaseWords.paused,
  'card-needs-replacing': ({ card }) => purchaseWords.needsReplacing(card),
  'not-allowed': () => purchaseWords.notAllowedThere,
  'amount-below-minimum': ({ limit }) => purchaseWords.belowMinimum(limit),
  'amount-above-maximum': ({ limit }) => purchaseWords.aboveMaximum(limit),
  'daily-limit': ({ limit, room }) => purchaseWords.dailyLimit(limit, room),
  'exposure-limit': ({ limit, room }) => purchaseWords.exposureLimit(limit, room),
  'no-approver': ({ limit }) => approvalWords.noApprover(limit),
};

const REQUEST: ErrorCopy = {
  ...PURCHASE,
  'may-buy': () => requestWords.mayBuy,
  'request-open': () => requestWords.stillOpen,
  'no-answerer': () => requestWords.noAnswerer,
  'request-unknown': () => requestWords.gone,
  'not-answerer': ({ buyers }) => requestWords.notYours(buyers),
  'request-over': ({ state, by }) => requestWords.over(state, by),
};

/** What stands against the answer to an approval itself. */
const APPROVAL: ErrorCopy = {
  'approval-unknown': () => approvalWords.gone,
  'approver-is-requester': () => approvalWords.ownRequest,
  'not-approver': ({ approvers, isCompanyWide }) => approvalWords.notYours(approvers, isCompanyWide),
  'requester-may-not': () => approvalWords.askerMayNot,
  'no-card': () => approvalWords.noCard,
  'bundle-unknown': () => approvalWords.notNow(bundleWords.gone),
  'subscription-unknown': () => approvalWords.notNow(bundleWords.gone),
  'above-operator': () => approvalWords.aboveOperator,
};

const ROLES: ErrorCopy = {
  'not-company-admin': () => peopleCopy.notAnyMore,
  'role-not-held': () => peopleCopy.roleGone,
};

/** The sentence for what stands against a purchase, or null when the error is about something else. */
export function explainRefusal(error: unknown): string | null {
  return describeBy(PURCHASE, error);
}

/** What stands against a request as a Refusal; anything else as it is. */
export function explainRequest(error: unknown): unknown {
  return toRefusal(error, describeBy(REQUEST, error));
}

/** What stands against an approval, or against what it approves, as a Refusal; anything else as it is. */
export function explainApproval(error: unknown): unknown {
  const sentence = explainRefusal(error);
  const against = describeBy(APPROVAL, error) ?? (sentence === null ? null : approvalWords.notNow(sentence));
  return toRefusal(error, against);
}

/** What stands against a change of roles as a Refusal; anything else as it is. */
export function explainRoleChange(error: unknown): unknown {
  return toRefusal(error, describeBy(ROLES, error));
}

function toRefusal(error: unknown, sentence: string | null): unknown {
  return sentence === null ? error : new Refusal(sentence);
}
