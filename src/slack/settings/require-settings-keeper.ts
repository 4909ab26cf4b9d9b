import { buyableScopes, isCompanyAdmin, listBuyers, type Person } from '../../org/index.ts';
import { Refusal, requirePerson } from '../access/require-person.ts';
import type { SlackContext, Who } from '../context.ts';
import { settingsWords as words } from '../words/en.ts';

/** Whether there is anything that this person may set: company admins all, office admins what is their offices'. */
export function maySet(person: Person): boolean {
  return isCompanyAdmin(person) || buyableScopes(person).length > 0;
}

/** Somebody who may set something. Throws a Refusal that says whom to ask. */
export async function requireSettingsKeeper(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (maySet(person)) return person;
  const buyers = await listBuyers(ctx.db, person.company.id);
  const admins = buyers.filter(({ role }) => role === 'company_admin').map(({ userId }) => userId);
  throw new Refusal(words.onlyCompanyAdmins([...new Set(admins)]));
}
