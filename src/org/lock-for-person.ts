import type { Tx } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { lockCompany } from './lock-company.ts';
import { type Company, findPerson, type Person } from './people.ts';

/**
 * Takes the lock on a person's company and returns the person as they are now: roles, limits and the billing method may
 * have changed since the request was read, and what is decided depends on them (R30). Throws RefillError `not-allowed`
 * for a person who has no role in that company any more, and `company-suspended` for a company in which people may only look
 * (`isReading`: what the caller does is looking). Applies R9.4.
 */
export async function lockForPerson(
  tx: Tx,
  { teamId, userId, company }: Person,
  { isReading = false }: { isReading?: boolean } = {},
): Promise<Person> {
  await lockCompany(tx, company.id);
  const person = await findPerson(tx, { teamId, userId });
  if (person === null || person.company.id !== company.id)
    throw new RefillError('not-allowed', 'This person has no role in the company any more.');
  if (!isReading) assertServed(person.company);
  return person;
}

/** Throws RefillError `company-suspended` for a company that is suspended or closed. */
export function assertServed({ name, state }: Pick<Company, 'name' | 'state'>): void {
  if (state !== 'active') throw new RefillError('company-suspended', `${name} is ${state}.`, { state });
}
