import { canChangeSettings, listCompanyAdmins, type Person } from '../../org/index.ts';
import { Refusal, requirePerson } from './require-person.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { settingsWords as words } from '../copy/index.ts';

/** Somebody who may set something. Throws a Refusal that says whom to ask. */
export async function requireSettingsKeeper(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (canChangeSettings(person)) return person;
  throw new Refusal(words.onlyCompanyAdmins(await listCompanyAdmins(ctx.db, person.company.id)));
}
