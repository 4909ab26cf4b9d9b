import { isCompanyAdmin, listBuyers, type Person } from '../../org/index.ts';
import { Refusal, requirePerson } from '../access/require-person.ts';
import type { SlackContext, Who } from '../context.ts';
import { cardWords } from '../words/en.ts';

/** Cards are the company admins'. Throws a Refusal that says whom to ask. */
export async function requireCardKeeper(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (isCompanyAdmin(person)) return person;
  const buyers = await listBuyers(ctx.db, person.company.id);
  const admins = buyers.filter(({ role }) => role === 'company_admin').map(({ userId }) => userId);
  throw new Refusal(cardWords.onlyCompanyAdmins([...new Set(admins)]));
}
