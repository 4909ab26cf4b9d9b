import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { approvalLimit, findCompany, type Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { describeEffects, judgeChoice } from './plan-sharing.ts';
import { readSharing } from './read-sharing.ts';
import {
  actorOfAdmin,
  assertNothingUnderWay,
  createSharingDraft,
  OPERATOR_ACTOR,
  requireAdmin,
  requireSharingDraft,
  updateSharingDraft,
} from './sharing-draft.ts';
import { suggestChoice } from './suggest-choice.ts';
import type { SharingChoice, SharingFault, SharingReview, SharingState } from './types.ts';

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

export interface SharingDraft {
  token: string;
  state: SharingState;
  choice: SharingChoice;
}

/**
 * Opens a change to the other way of sharing, filled in with what keeps auto-recharge and levels as they are (R5). Throws
 * RefillError `not-allowed`, `order-under-way` (its details name the `orders`).
 */
export async function openSharing(deps: Deps, person: Person): Promise<SharingDraft> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const admin = await requireAdmin(tx, person);
    const state = await readSharing(tx, admin.company, at);
    assertNothingUnderWay(state);
    const choice = suggestChoice(state, state.sharing === 'company' ? 'per_office' : 'company');
    return { token: await createSharingDraft(tx, state, choice, actorOfAdmin(admin), at), state, choice };
  });
}

/** The change that an opened modal is about, as it was last chosen. Throws RefillError `not-allowed`, `sharing-unknown`. */
export async function findSharingDraft(deps: Deps, person: Person, token: string): Promise<SharingDraft> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const admin = await requireAdmin(tx, person);
    const { choice } = await requireSharingDraft(tx, admin.company.id, actorOfAdmin(admin), token, at);
    return { token, state: await readSharing(tx, admin.company, at), choice };
  });
}

/**
 * What a choice comes to, stored for its confirmation; or what is wrong with it, field by field. Throws RefillError
 * `not-allowed`, `sharing-unknown`, `sharing-already`, `order-under-way`.
 */
export async function reviewSharing(
  deps: Deps,
  person: Person,
  token: string,
  choice: SharingChoice,
): Promise<{ review: SharingReview } | { faults: SharingFault[] }> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const admin = await requireAdmin(tx, person);
    const draft = await requireSharingDraft(tx, admin.company.id, actorOfAdmin(admin), token, at);
    const state = await readSharing(tx, admin.company, at);
    const faults = judge(state, choice);
    if (faults.length > 0) return { faults };
    await updateSharingDraft(tx, draft, state, choice);
    return { review: describeReview(state, choice, token) };
  });
}

/** The same for the operator, who chooses from the state at the command line. Throws `company-unknown` besides. */
export async function reviewSharingAsOperator(
  deps: Deps,
  companyId: bigint,
  choose: (state: SharingState) => SharingChoice,
): Promise<{ review: SharingReview } | { faults: SharingFault[]; state: SharingState }> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const company = await findCompany(tx, companyId);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    const state = await readSharing(tx, company, at);
    const choice = choose(state);
    const faults = judge(state, choice);
    if (faults.length > 0) return { faults, state };
    const review = describeReview(
      state,
      choice,
      await createSharingDraft(tx, state, choice, OPERATOR_ACTOR, at),
    );
    if (review.effects.some(({ needsApproval }) => needsApproval))
      throw new RefillError(
        'above-approval-limit',
        'That auto-recharge is above the company’s approval limit. Choose less; a company admin can raise it in Slack, where a second admin approves it.',
      );
    return { review };
  });
}

function judge(state: SharingState, choice: SharingChoice): SharingFault[] {
  if (state.sharing === choice.to)
    throw new RefillError('sharing-already', 'Credits are shared that way already.', { to: choice.to });
  assertNothingUnderWay(state);
  return judgeChoice(state, choice);
}

/** A choice as people review it, by the state of now. */
export function describeReview(state: SharingState, choice: SharingChoice, token: string): SharingReview {
  return {
    token,
    from: state.sharing,
    to: choice.to,
    effects: describeEffects(state, choice),
    movedSubscriptions: choice.to === 'per_office' ? state.poolSubscriptions.map(({ name }) => name) : [],
    approvals: state.approvals,
    requests: state.requests,
    waiting: state.waiting,
    approvalAbove: approvalLimit(state.company),
    buyers: state.buyers,
    primary: state.offices[0].office,
  };
}
