import {
  type BillingDeps,
  openDraft,
  type PurchaseReview,
  reviewPurchase,
} from '../../../src/billing/index.ts';
import { dollars } from '../../../src/money.ts';
import { findPerson, type NewCompany, type Person, type Scope } from '../../../src/org/index.ts';
import { putCardOnFile, type TestCompany } from '../../support/company.ts';

export const SURFACE = { viewId: 'V1' };
export const POOL = { kind: 'company' } as const;

/** What a race is run in: a company of its own, and the app on a client that is slow, or guards nothing. */
export interface Arena {
  deps: BillingDeps;
  company: TestCompany;
  bundleId: bigint;
}

export interface Race {
  /** What never happens. */
  never: string;
  /** Of so many rounds that are asked for, one is run. */
  oneRoundOf: number;
  company?: Partial<NewCompany>;
  /** Runs the acts at once; answers whether what never happens happened. */
  run(arena: Arena): Promise<boolean>;
}

export const quietly = <T>(act: Promise<T>): Promise<T | null> => act.catch(() => null);
export async function review(
  { deps }: Arena,
  person: Person,
  amount: string,
  scope: Scope = POOL,
): Promise<PurchaseReview> {
  const { token } = await openDraft(deps, person, {});
  return await reviewPurchase(deps, person, token, [{ scope, amount: dollars(amount) }]);
}

/** Somebody else of the company who may do everything, or nothing. */
export async function another({ deps, company }: Arena, role: 'company_admin' | 'member'): Promise<Person> {
  const { companyId, teamId } = company;
  const who = { companyId, teamId, userId: role === 'member' ? 'UMARCO' : 'UTOM' };
  await deps.db.roleAssignment.create({
    data: { ...who, role, grantedBy: 'test', grantedAt: deps.clock.now() },
  });
  const person = await findPerson(deps.db, who);
  if (person === null) throw new Error('nobody was added');
  return person;
}

/** A card on file, so that there is something to charge. */
export const prepare = (deps: BillingDeps, { companyId }: TestCompany): Promise<void> =>
  putCardOnFile(deps, companyId);
