import type { KnownBlock } from '@slack/types';
import { readRecharges, readRenewals, readRunways } from '../../billing/index.ts';
import { readBalance } from '../../ledger/index.ts';
import type { Person } from '../../org/index.ts';
import { balanceCopy } from '../copy/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { balanceBlocks } from './balance-blocks.ts';
import { totalForCalls, visibleWallets } from './visible-wallets.ts';

/** The balance this person may see, rendered now, with the same in plain text for notifications. */
export async function renderBalance(
  ctx: SlackContext,
  person: Person,
): Promise<{ text: string; blocks: KnownBlock[] }> {
  const [balance, recharges, renewals] = await Promise.all([
    readBalance(ctx.db, person.company.id, ctx.clock.now()),
    readRecharges(ctx, person),
    readRenewals(ctx.db, person.company.id),
  ]);
  const runways = await readRunways(ctx.db, person, { balance, recharges, renewals });
  const total = totalForCalls(balance, visibleWallets(balance, person));
  return {
    text: balanceCopy.text(person.company.name, total),
    blocks: balanceBlocks(balance, person, { recharges, renewals, runways }),
  };
}
