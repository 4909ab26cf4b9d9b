import type { Person } from '../../org/index.ts';
import { balanceCopy } from '../copy/index.ts';
import type { SlackContext } from '../kit/context.ts';
import type { Message } from '../kit/reply.ts';
import { balanceBlocks } from './balance-blocks.ts';
import { nameOf } from './balance-lines.ts';
import { readBalanceFacts } from './read-balance-facts.ts';
import { figuresOf, visibleWallets } from './visible-wallets.ts';

/**
 * The balance this person may see, with its figures in plain text for notifications: as it is now, or was at some time since
 * it was asked for.
 */
export async function renderBalance(
  ctx: SlackContext,
  person: Person,
  askedAt = performance.now(),
): Promise<Required<Message>> {
  const facts = await readBalanceFacts(ctx, person, askedAt);
  const { available, overdrawn } = figuresOf(facts.balance, visibleWallets(facts.balance, person));
  const owed = overdrawn.map(({ wallet, amount }) => [nameOf(wallet, person), amount] as const);
  return {
    text: balanceCopy.text(person.company.name, available, owed),
    blocks: balanceBlocks(facts, person),
  };
}
