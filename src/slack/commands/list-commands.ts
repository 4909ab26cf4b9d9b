import {
  buyableScopes,
  canChangeSettings,
  canSeeMoney,
  canSeeUsage,
  findPerson,
  isCompanyAdmin,
  type Person,
} from '../../org/index.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { generalWords as words } from '../copy/index.ts';

/** What a command takes to be allowed; `nothing`: somebody who is nobody here yet. */
type Need = (typeof words.helpLines)[number]['needs'];

const IS_MET: Record<Need, (person: Person) => boolean> = {
  anything: () => true,
  nothing: () => false,
  asking: (person) => buyableScopes(person).length === 0,
  own: (person) => !canSeeUsage(person),
  usage: canSeeUsage,
  money: canSeeMoney,
  buying: (person) => buyableScopes(person).length > 0,
  settings: canChangeSettings,
  company: isCompanyAdmin,
};

/** The commands that this person may use, and no others; for somebody without access how to get it. */
export async function helpFor(ctx: SlackContext, who: Who): Promise<string> {
  const person = await findPerson(ctx.db, who);
  const lines = words.helpLines.filter(({ needs }) =>
    person === null ? needs === 'anything' || needs === 'nothing' : IS_MET[needs](person),
  );
  return [words.helpTitle, ...lines.map(({ text }) => text)].join('\n');
}
