import type { Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { actorOf, findPerson, isCompanyAdmin, type Person } from '../../org/index.ts';
import { newToken } from '../../token.ts';
import { choiceToJson } from './choice-json.ts';
import { basisOf } from './plan-sharing.ts';
import type { SharingChoice, SharingState } from './types.ts';

/** How long a review is stored. */
const DRAFT_FOR_MS = DAY_MS;

export type DraftRow = NonNullable<Awaited<ReturnType<Tx['sharingDraft']['findUnique']>>>;

/** Who makes a change: a company admin as `TEAM/USER`, or `operator`. */
export interface SharingActor {
  by: string;
  /** Null: the operator. */
  userId: string | null;
}

export const OPERATOR: SharingActor = { by: 'operator', userId: null };

export function actorOfAdmin(person: Person): SharingActor {
  return { by: actorOf(person), userId: person.userId };
}

/** Stores a choice with what it depends on; the token is all that a modal or a command line carries. */
export async function createDraft(
  tx: Tx,
  state: SharingState,
  choice: SharingChoice,
  { by }: SharingActor,
  at: Date,
): Promise<string> {
  const companyId = state.company.id;
  const token = newToken();
  const old = new Date(at.getTime() - DRAFT_FOR_MS);
  await tx.sharingDraft.deleteMany({ where: { companyId, createdAt: { lt: old } } });
  await tx.sharingDraft.create({
    data: { token, companyId, actor: by, choice: choiceToJson(choice), basis: basisOf(state), createdAt: at },
  });
  return token;
}

/** The actor's own draft. Throws RefillError `sharing-unknown`: made already, forged, another's, or too old. */
export async function findDraft(
  tx: Tx,
  companyId: bigint,
  { by }: SharingActor,
  token: string,
): Promise<DraftRow> {
  const draft = await tx.sharingDraft.findFirst({ where: { token, companyId, actor: by } });
  if (draft === null) throw new RefillError('sharing-unknown', 'That change is not known any more.');
  return draft;
}

/** The person as they are now, where they may change how credits are shared. Throws RefillError `not-allowed`. */
export async function requireAdmin(tx: Tx, { teamId, userId, company }: Person): Promise<Person> {
  const person = await findPerson(tx, { teamId, userId });
  if (person === null || person.company.id !== company.id || !isCompanyAdmin(person))
    throw new RefillError('not-allowed', 'Only company admins change how credits are shared.');
  return person;
}

/** Refuses a change while money is moving that would be credited the old way. Throws RefillError `order-under-way`. */
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
