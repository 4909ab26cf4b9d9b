import {
  findCompany,
  findOwnScope,
  findPerson,
  findWorkspace,
  listBuyersFor,
  listCompanyAdmins,
  type Person,
} from '../../org/index.ts';
import { generalCopy } from '../copy/index.ts';
import { escapeText } from '../copy/mrkdwn.ts';
import type { Membership, SlackContext, Who } from '../kit/context.ts';
import { Refusal } from '../kit/refusal.ts';
import { holds, RIGHTS, type Right } from '../rights.ts';
import { limitConcurrency } from './limit-concurrency.ts';

/**
 * Throws a Refusal for guests, people of connected workspaces, bots and deactivated accounts, and where Slack cannot be
 * asked. `isFresh`: for what moves money, cards, roles or settings.
 */
export async function requireFullMember(
  ctx: SlackContext,
  who: Who,
  { isFresh = false } = {},
): Promise<void> {
  refuseUnlessFull(await ctx.membership(who, { isFresh }));
}

function refuseUnlessFull(standing: Awaited<ReturnType<Membership>>): void {
  if (standing === 'unknown') throw new Refusal(generalCopy.unconfirmed);
  if (standing !== 'full') throw new Refusal(generalCopy.outsider);
}

/**
 * Asks Slack anew about someone who is about to act. Where there is no workspace the act itself says so. `isLooking`: what
 * is possible in a company that the operator suspended or closed, too; else it is refused there with a Refusal.
 */
export async function requireActive(ctx: SlackContext, who: Who, { isLooking = false } = {}): Promise<void> {
  const workspace = await findWorkspace(ctx, who.teamId);
  if (workspace === null) return;
  await requireFullMember(ctx, who, { isFresh: true });
  if (isLooking || workspace.companyId === null) return;
  const company = await findCompany(ctx.db, workspace.companyId);
  if (company !== null && company.state !== 'active') throw new Refusal(generalCopy.notServed[company.state]);
}

/** Of the statements that every command and click begins with. */
const MAX_AT_ONCE = 4;
const inTurn = limitConcurrency(MAX_AT_ONCE);

/** Who this is to the company. Throws a Refusal for a stranger or a workspace that is not linked. */
export async function requirePerson(ctx: SlackContext, who: Who): Promise<Person> {
  // First, as Slack's word ends the suspension of someone who is back.
  const standing = await ctx.membership(who);
  const person = standing === 'full' ? await inTurn(() => findPerson(ctx.db, who)) : null;
  if (person !== null) return person;
  const workspace = await findWorkspace(ctx, who.teamId);
  if (workspace === null || workspace.companyId === null) throw new Refusal(generalCopy.notBound);
  refuseUnlessFull(standing);
  const company = await findCompany(ctx.db, workspace.companyId);
  const admins = await listCompanyAdmins(ctx.db, workspace.companyId);
  throw new Refusal(generalCopy.stranger(escapeText(company?.name ?? ''), admins));
}

/**
 * A person who holds a right; asked again at every step, as roles change while modals are open. Throws a Refusal with the
 * right's own sentence.
 */
export async function requireRight(ctx: SlackContext, who: Who, right: Right): Promise<Person> {
  const person = await requirePerson(ctx, who);
  await refuseWithout(ctx, person, right);
  return person;
}

async function refuseWithout(ctx: SlackContext, person: Person, right: Right): Promise<void> {
  const { after, names, refusal, mayRequest = false } = RIGHTS[right];
  if (after !== undefined) await refuseWithout(ctx, person, after);
  if (refusal === undefined || holds(person, right)) return;
  throw new Refusal(refusal(names === undefined ? [] : await listNamed(ctx, person, names)), { mayRequest });
}

async function listNamed(
  ctx: SlackContext,
  person: Person,
  names: 'buyers' | 'company_admins',
): Promise<string[]> {
  return names === 'company_admins'
    ? await listCompanyAdmins(ctx.db, person.company.id)
    : // The company's admins, then those of this person's own office.
      await listBuyersFor(ctx.db, person.company, await findOwnScope(ctx.db, person));
}
