import { canManage, listCompanyAdmins, type Person } from '../../org/index.ts';
import { Refusal, requirePerson } from './require-person.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { cardWords } from '../copy/index.ts';

/** Cards are the company admins'. Throws a Refusal that says whom to ask. */
export async function requireCardKeeper(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (canManage(person, 'cards')) return person;
  throw new Refusal(cardWords.onlyCompanyAdmins(await listCompanyAdmins(ctx.db, person.company.id)));
}
