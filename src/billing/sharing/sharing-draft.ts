import { z } from 'zod';
import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { actorOf, findPerson, isCompanyAdmin, type Person } from '../../org/index.ts';
import { createDraft, type Draft, findDraft, updateDraft } from '../drafts/drafts.ts';
import { choiceFromJson, choiceToJson } from './choice-json.ts';
import { basisOf } from './plan-sharing.ts';
import type { SharingChoice, SharingState } from './types.ts';

/** A draft with what it says: what was chosen, and what that depends on besides balances. */
export interface SharingDraftRow {
  draft: Draft;
  choice: SharingChoice;
  basis: string;
}

const schema = z.object({ choice: z.unknown(), basis: z.string() });

/** Who makes a change: a company admin as `TEAM/USER`, or `operator`. */
export interface SharingActor {
  by: string;
  /** Null: the operator. */
  userId: string | null;
}

export const OPERATOR_ACTOR: SharingActor = { by: 'operator', userId: null };

export function actorOfAdmin(person: Person): SharingActor {
  return { by: actorOf(person), userId: person.userId };
}

const ownerOf = (companyId: bigint, { by }: SharingActor) =>
  ({ kind: 'sharing', companyId, actor: by }) as const;

const toJson = (state: SharingState, choice: SharingChoice) => ({
  choice: choiceToJson(choice),
  basis: basisOf(state),
});

/** Stores a choice with what it depends on; the token is all that a modal or a command line carries. */
export async function createSharingDraft(
  tx: Tx,
  state: SharingState,
  choice: SharingChoice,
  actor: SharingActor,
  at: Date,
): Promise<string> {
  return await createDraft(tx, ownerOf(state.company.id, actor), toJson(state, choice), at);
}

/** Stores what the choice of a draft is now. */
export async function updateSharingDraft(
  tx: Tx,
  { draft }: SharingDraftRow,
  state: SharingState,
  choice: SharingChoice,
): Promise<void> {
  await updateDraft(tx, draft, toJson(state, choice));
}

/** The actor's own draft. Throws RefillError `sharing-unknown`: made already, forged, another's, or too old. */
export async function requireSharingDraft(
  tx: Tx,
  companyId: bigint,
  actor: SharingActor,
  token: string,
  at: Date,
): Promise<SharingDraftRow> {
  const draft = await findDraft(tx, ownerOf(companyId, actor), token, at);
  if (draft === null) throw new RefillError('sharing-unknown', 'That change is not known any more.');
  const { choice, basis } = schema.parse(draft.data);
  return { draft, choice: choiceFromJson(choice), basis };
}

/** The person as they are now, where they may change how credits are shared. Throws RefillError `not-allowed`. */
export async function requireAdmin(tx: Tx, { teamId, userId, company }: Person): Promise<Person> {
  const person = await findPerson(tx, { teamId, userId });
  if (person === null || person.company.id !== company.id || !isCompanyAdmin(person))
    throw new RefillError('not-allowed', 'Only company admins change how credits are shared.');
  return person;
}

/**
 * Refuses a change while money is moving that would be credited the old way. Throws RefillError `order-under-way`.
 * Applies R5.6.
 */
export function assertNothingUnderWay({ underWay }: SharingState): void {
  const [first] = underWay;
  if (first !== undefined)
    throw new RefillError(
      'order-under-way',
      'A payment is still being processed. Try again once it is done.',
      {
        orders: underWay,
      },
    );
}
