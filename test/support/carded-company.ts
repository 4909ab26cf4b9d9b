import {
  applyRecharge,
  confirmPurchase,
  decideRecharge,
  openDraft,
  openRechargeDraft,
  reviewPurchase,
  reviewRecharge,
} from '../../src/billing/index.ts';
import { readBalance } from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import type { BillingRoom } from './billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from './company.ts';

/** A company and its cards; `pm` is the processor's name of each. */
export interface CardedCompany extends TestCompany {
  cards: { id: bigint; pm: string }[];
}

type ConversationRow = Pick<BillingRoom, 'deps'>;

/** A company with these cards, the first its default, the second its backup. */
export async function cardedCompany(room: ConversationRow, ...tokens: string[]): Promise<CardedCompany> {
  const { db } = room.deps;
  const company = await testCompany(db);
  for (const token of tokens.toReversed()) await putCardOnFile(room.deps, company.companyId, token);
  const rows = await db.card.findMany({
    where: { companyId: company.companyId },
    orderBy: { id: 'desc' },
  });
  if (rows[1] !== undefined)
    await db.card.updateMany({ where: { id: rows[1].id }, data: { isFallback: true } });
  return { ...company, cards: rows.map(({ id, processorId }) => ({ id, pm: processorId })) };
}

/** Reviews and confirms a purchase of $20; returns its token. */
export async function buyTwenty({ deps }: ConversationRow, { ana }: TestCompany): Promise<string> {
  const { token } = await openDraft(deps, ana, {});
  const choice = { scope: { kind: 'company' }, amount: dollars('20') } as const;
  const { mark } = await reviewPurchase(deps, ana, token, [choice]);
  await confirmPurchase(deps, ana, { token, mark }, { viewId: 'V' });
  return token;
}

/** Turns auto-recharge on for some credits as a company admin does: $50 below $5, $500 a month, unless told otherwise. */
export async function turnRechargeOn(
  { deps }: ConversationRow,
  { ana }: TestCompany,
  walletId: bigint,
  { amount = '50', cap = '500' }: { amount?: string; cap?: string } = {},
): Promise<void> {
  const { token } = await openRechargeDraft(deps, ana, walletId);
  const choice = { isOn: true, threshold: dollars('5'), amount: dollars(amount), cap: dollars(cap) };
  const review = await reviewRecharge(deps, ana, token, choice);
  await applyRecharge(deps, ana, review);
}

/** Turns auto-recharge on for an empty wallet, $50 below $5, and has it decided. */
export async function rechargeEmptyWallet(room: ConversationRow, company: TestCompany): Promise<void> {
  const { deps } = room;
  const { companyId } = company;
  const walletId = (await readBalance(deps.db, companyId, deps.clock.now())).wallets[0]?.walletId ?? 0n;
  await turnRechargeOn(room, company, walletId);
  await decideRecharge(deps, { companyId, walletId });
}
