import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockBook } from '../../ledger/index.ts';
import { assertServed, type Company, findCompany, lockCompany, type Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { deleteDraft } from '../drafts/drafts.ts';
import { makeSharingChange } from './make-change.ts';
import { basisOf, judgeChoice } from './plan-sharing.ts';
import { readSharing } from './read-sharing.ts';
import { describeReview } from './review-sharing.ts';
import {
  actorOfAdmin,
  assertNothingUnderWay,
  OPERATOR_ACTOR,
  requireAdmin,
  requireSharingDraft,
  type SharingActor,
  updateSharingDraft,
} from './sharing-draft.ts';
import { suggestChoice } from './suggest-choice.ts';
import type { CreditSharing, SharingReview, WalletEffect } from './types.ts';

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

export type SharingOutcome =
  | { outcome: 'changed'; to: CreditSharing; effects: WalletEffect[] }
  /** Nothing was changed: what the review depended on is another now, and here it is again. */
  | { outcome: 'stale'; review: SharingReview };

/**
 * Makes the change that was reviewed, once. Where what it depended on is another by now, or the credits do not suffice
 * for the chosen shares any more, nothing is changed and the review comes back under the same token. Throws RefillError
 * `not-allowed`, `sharing-unknown` (made already, forged, or too old), `sharing-already`, `order-under-way`, and those of
 * `askForChange`.
 */
export async function confirmSharing(deps: Deps, person: Person, token: string): Promise<SharingOutcome> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const admin = await requireAdmin(tx, person);
    assertServed(admin.company);
    return await confirm(tx, admin.company, { actor: actorOfAdmin(admin), token, at });
  });
}

/** The same by the operator. Throws `company-unknown` besides. */
export async function confirmSharingAsOperator(
  deps: Deps,
  companyId: bigint,
  token: string,
): Promise<SharingOutcome> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await findCompany(tx, companyId);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    return await confirm(tx, company, { actor: OPERATOR_ACTOR, token, at });
  });
}

async function confirm(
  tx: Tx,
  company: Company,
  { actor, token, at }: { actor: SharingActor; token: string; at: Date },
): Promise<SharingOutcome> {
  const stored = await requireSharingDraft(tx, company.id, actor, token, at);
  const { choice } = stored;
  // From here on no usage moves the figures, so that what is dealt out is exactly what is there.
  await lockBook(tx, company.id);
  const state = await readSharing(tx, company, at);
  if (state.sharing === choice.to)
    throw new RefillError('sharing-already', 'Credits are shared that way already.', { to: choice.to });
  assertNothingUnderWay(state);
  const isWrong = judgeChoice(state, choice).length > 0;
  if (isWrong || basisOf(state) !== stored.basis) {
    const again = isWrong ? suggestChoice(state, choice.to) : choice;
    await updateSharingDraft(tx, stored, state, again);
    return { outcome: 'stale', review: describeReview(state, again, token) };
  }
  await deleteDraft(tx, stored.draft);
  const effects = await makeSharingChange(tx, state, choice, { actor, key: token, at });
  return { outcome: 'changed', to: choice.to, effects };
}
