import {
  buyableScopes,
  canManage,
  canSeeMoney,
  canSeeUsage,
  findCompany,
  findOwnScope,
  findPerson,
  findWorkspace,
  listBuyersFor,
  listCompanyAdmins,
  type Person,
} from '../../org/index.ts';
import { escapeText } from '../kit/blocks.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { generalWords, peopleCopy } from '../copy/index.ts';

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

/**
 * Throws a Refusal for guests, people of connected workspaces, bots and deactivated accounts, and where Slack cannot be
 * asked. `isFresh`: for what moves money, cards, roles or settings.
 */
export async function requireFullMember(
  ctx: SlackContext,
  who: Who,
  { isFresh = false } = {},
): Promise<void> {
  const standing = await ctx.membership(who, { isFresh });
  if (standing === 'unknown') throw new Refusal(generalWords.unconfirmed);
  if (standing !== 'full') throw new Refusal(generalWords.outsider);
}

/** Asks Slack anew about somebody who is about to act. Where there is no workspace the act itself says so. */
export async function requireActive(ctx: SlackContext, who: Who): Promise<void> {
  if ((await findWorkspace(ctx, who.teamId)) === null) return;
  await requireFullMember(ctx, who, { isFresh: true });
}

/** Who this is to the company. Throws a Refusal with words for a stranger or a workspace that is not linked. */
export async function requirePerson(ctx: SlackContext, who: Who): Promise<Person> {
  const workspace = await findWorkspace(ctx, who.teamId);
  if (workspace === null || workspace.companyId === null) throw new Refusal(generalWords.notBound);
  // First, as Slack's word ends the suspension of somebody who is back.
  await requireFullMember(ctx, who);
  const person = await findPerson(ctx.db, who);
  if (person !== null) return person;
  const company = await findCompany(ctx.db, workspace.companyId);
  const admins = await listCompanyAdmins(ctx.db, workspace.companyId);
  throw new Refusal(generalWords.stranger(escapeText(company?.name ?? ''), admins));
}

/** Somebody who may change roles. */
export async function requirePeopleManager(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requirePerson(ctx, who);
  if (canManage(person, 'people')) return person;
  throw new Refusal(peopleCopy.onlyCompanyAdmins(await listCompanyAdmins(ctx.db, person.company.id)));
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
