import type { Estate } from './estate.ts';
import { isForeign, type Sender } from './people.ts';
import type { World } from './world.ts';

/** The sentences that say no: to who may not, and about what is not (any more). */
const REFUSALS = [
  /Only (company )?admins/,
  /Only admins and managers/,
  /[Oo]nly company admins/,
  /company admins’/,
  /don’t have access/,
  /Guests, people from other workspaces/,
  /(not|isn’t) linked to a company yet/,
  /can’t do that anymore/,
  /out of date/,
  /can’t add credits there/,
  /isn’t yours|not yours/,
  /can add (these|credits)[^.]*yourself/,
  /already linked|code isn’t valid|Too many attempts|couldn’t confirm your Slack account/,
  /(not here|not there|not in your company) any more|no longer in your company/,
  /not there for you/,
  /changed (or closed )?already/,
  /Only the person who requested an export/,
  /no longer (available|waiting)/,
  /already (saved or closed|changed)/,
];

export function isRefused(said: string): boolean {
  return REFUSALS.some((refusal) => refusal.test(said));
}

const ACCOUNTS_THAT_SEE_NOTHING: readonly Sender[] = ['nobody', 'deactivated', 'guest', 'external'];
/** An amount; those that the app says of itself or repeats from the sender are taken out before. */
const AMOUNT = /\$\d[\d,]*(\.\d\d)?/;
const SAID_BY_ITSELF = ['$50.00 filled in', '$5.00', '$1,000,000.00', '$15.00'];

const everything = ({ marks }: Estate): string[] => [
  ...marks.offices,
  ...marks.balances,
  marks.last4,
  marks.colleague,
  marks.called,
];

/** What this sender must find in no answer. */
function listHidden({ acme, globex }: World, sender: Sender): string[] {
  if (isForeign(sender)) return everything(acme);
  const hidden = everything(globex);
  const { offices, balances, last4, colleague, called } = acme.marks;
  if (ACCOUNTS_THAT_SEE_NOTHING.includes(sender)) return [...hidden, ...everything(acme)];
  switch (sender) {
    case 'company_admin':
      return hidden;
    case 'office_admin_here':
      return [...hidden, offices[1], balances[1]];
    case 'office_admin_elsewhere':
      return [...hidden, offices[0], balances[0], colleague];
    // Usage with its cost, and no balances, cards or purchases.
    case 'manager':
      return [...hidden, offices[1], ...balances, last4, 'R-0'];
    // Their own records, and no cost.
    default:
      return [...hidden, offices[1], ...balances, last4, colleague, called];
  }
}

/** What an answer says that its sender must not see. */
export function listLeaks(world: World, sender: Sender, said: string): string[] {
  const leaks = listHidden(world, sender).filter((mark) => said.includes(mark));
  const seesAmounts =
    isForeign(sender) || !(ACCOUNTS_THAT_SEE_NOTHING.includes(sender) || sender === 'member');
  const rest = SAID_BY_ITSELF.reduce((text, own) => text.replaceAll(own, ''), said);
  const amount = seesAmounts ? null : AMOUNT.exec(rest);
  return amount === null ? leaks : [...leaks, amount[0]];
}
