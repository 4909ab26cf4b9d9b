import {
  buyableScopes,
  canSeeMoney,
  canSeeUsage,
  findOwnScope,
  findPerson,
  findWorkspace,
  listBuyers,
  listBuyersFor,
  type Person,
} from '../../org/index.ts';
import type { SlackContext, Who } from '../context.ts';
import { generalWords } from '../words/en.ts';

/** Not a failure: somebody asked for what is not theirs to have, and is told what to do instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Whether asking in the channel for credits is the next step: said with a button for it. */
  readonly mayRequest: boolean;

  constructor(words: string, { mayRequest = false } = {}) {
    super(words);
    this.mayRequest = mayRequest;
  }
}

/** Throws a Refusal for guests, people of connected workspaces and deactivated accounts. */
export async function requireFullMember(ctx: SlackContext, who: Who): Promise<void> {
  if (!(await ctx.isFullMember(who))) throw new Refusal(generalWords.outsider);
}

/** Who this is to the company. Throws a Refusal with words for a stranger or a workspace that is not linked. */
export async function requirePerson(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await findPerson(ctx.db, who);
  if (person !== null) {
    await requireFullMember(ctx, who);
    return person;
  }
  const workspace = await findWorkspace(ctx, who.teamId);
  if (workspace === null || workspace.companyId === null) throw new Refusal(generalWords.notBound);
  throw new Refusal(generalWords.stranger(await companyAdmins(ctx, workspace.companyId)));
}

/** Somebody who may see money; asked again at every step, as roles change while windows are open. */
export async function requireMoneyReader(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (canSeeMoney(person)) return person;
  throw new Refusal(generalWords.onlyAdmins(await whomToAsk(ctx, person)), { mayRequest: true });
}

/** Somebody who may see usage: company admins, and office admins and managers that of their offices (R25). */
export async function requireUsageReader(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (canSeeUsage(person)) return person;
  throw new Refusal(generalWords.noUsage(await whomToAsk(ctx, person)));
}

/** Somebody who may add credits somewhere. */
export async function requireBuyer(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requireMoneyReader(ctx, who);
  if (buyableScopes(person).length > 0) return person;
  throw new Refusal(generalWords.poolOnly(await whomToAsk(ctx, person)), { mayRequest: true });
}

/** The company's admins, then those of this person's own office. */
async function whomToAsk(ctx: SlackContext, person: Person): Promise<string[]> {
  return await listBuyersFor(ctx.db, person.company, await findOwnScope(ctx.db, person));
}

async function companyAdmins(ctx: SlackContext, companyId: bigint): Promise<string[]> {
  const buyers = await listBuyers(ctx.db, companyId);
  const admins = buyers.filter(({ role }) => role === 'company_admin');
  return [...new Set((admins.length > 0 ? admins : buyers).map(({ userId }) => userId))];
}
