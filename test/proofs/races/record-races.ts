import { setTimeout as sleep } from 'node:timers/promises';
import {
  advanceOrder,
  chooseDefaultCard,
  clearDisputes,
  confirmPurchase,
  followDispute,
  readCards,
  removeCard,
  resolveInvoice,
} from '../../../src/billing/index.ts';
import { dollars } from '../../../src/money.ts';
import { issueLinkCode, redeemLinkCode } from '../../../src/org/index.ts';
import { draftExport, requestExport } from '../../../src/usage/index.ts';
import { putCardOnFile, testCompany } from '../../support/company.ts';
import { type Arena, quietly, type Race, review, SURFACE } from './arena.ts';

const DISPUTE = 'du_race';
/** So many exports of one person may be under way (R26). */
const MOST_EXPORTS = 3;

/** Buys $20; answers the app whose processor has that payment disputed. */
async function disputed(arena: Arena, state: 'open' | 'lost'): Promise<Arena['deps']> {
  const { deps, company } = arena;
  const { companyId } = company;
  await confirmPurchase(deps, company.ana, await review(arena, company.ana, '20'), SURFACE);
  const order = await deps.db.purchaseOrder.findFirstOrThrow({ where: { companyId } });
  await advanceOrder(deps, { companyId, orderId: order.id });
  const { intentId } = await deps.db.paymentAttempt.findFirstOrThrow({ where: { companyId } });
  const findDispute = async (id: string) => ({
    id,
    intentId,
    amount: dollars('20'),
    state,
    createdAt: deps.clock.now(),
  });
  return { ...deps, gateway: { ...deps.gateway, findDispute } };
}

/** Whether the purchase was confirmed once this had been done, as the audit has it. */
async function isConfirmedAfter({ deps, company: { companyId } }: Arena, act: string): Promise<boolean> {
  const acts = await deps.db.audit.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  const done = acts.findIndex(({ action }) => action === act);
  return done >= 0 && done < acts.findIndex(({ action }) => action === 'purchase-confirmed');
}

const succeeded = (done: readonly PromiseSettledResult<unknown>[]): number =>
  done.filter(({ status }) => status === 'fulfilled').length;

/** What two may do at once to one card, invoice, dispute, code or person's exports. */
export const recordRaces: Record<string, Race> = {
  'removed-charged': {
    never: 'a purchase is charged to a card that was removed before',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      const { companyId } = company;
      const shown = await review(arena, company.ana, '20');
      const [card] = await readCards(deps.db, companyId);
      await Promise.all([
        quietly(removeCard(deps, company.li, card?.cardId ?? 0n)),
        quietly(confirmPurchase(deps, company.ana, shown, SURFACE)),
      ]);
      return await isConfirmedAfter(arena, 'card-removed');
    },
  },
  'default-charged': {
    never: 'a purchase is charged to a card that was not the default any more',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      const { companyId } = company;
      await putCardOnFile(deps, companyId);
      const shown = await review(arena, company.ana, '20');
      const [, other] = await readCards(deps.db, companyId);
      const confirm = async (): Promise<unknown> => {
        // The choice writes three times, the confirmation twice: it begins later, to end later.
        await sleep(Math.random() * 30);
        return await quietly(confirmPurchase(deps, company.ana, shown, SURFACE));
      };
      await Promise.all([quietly(chooseDefaultCard(deps, company.li, other?.cardId ?? 0n)), confirm()]);
      return await isConfirmedAfter(arena, 'card-made-default');
    },
  },
  'paid-void': {
    never: 'an invoice is marked paid by one and void by another',
    oneRoundOf: 3,
    async run({ deps, company: { companyId } }) {
      const at = deps.clock.now();
      const { year, number } = await deps.db.invoice.create({
        data: {
          companyId,
          token: `invoice-${companyId}`,
          year: 2026,
          number: Number(companyId),
          startsAt: new Date(at.getTime() - 1),
          closesAt: at,
          issuedAt: at,
          dueAt: at,
          totalMicros: 20_000_000n,
          state: 'open',
        },
      });
      const mark = (state: 'paid' | 'void') =>
        resolveInvoice(deps.db, { number: `INV-${year}-${String(number).padStart(4, '0')}`, state, at });
      return succeeded(await Promise.allSettled([mark('paid'), mark('void')])) > 1;
    },
  },
  'two-lost': {
    never: 'a dispute that is told twice is recorded twice',
    oneRoundOf: 3,
    async run(arena) {
      const deps = await disputed(arena, 'lost');
      const dispute = `${DISPUTE}_${arena.company.companyId}`;
      await Promise.all([quietly(followDispute(deps, dispute)), quietly(followDispute(deps, dispute))]);
      const where = { companyId: arena.company.companyId, action: 'dispute-lost' };
      return (await deps.db.audit.count({ where })) > 1;
    },
  },
  'two-clearings': {
    never: 'the pause of a dispute is lifted twice',
    oneRoundOf: 3,
    async run(arena) {
      const deps = await disputed(arena, 'open');
      const { companyId } = arena.company;
      await followDispute(deps, `${DISPUTE}_${companyId}`);
      const clear = () => clearDisputes(deps, companyId, 'a race');
      return succeeded(await Promise.allSettled([clear(), clear()])) > 1;
    },
  },
  'two-codes': {
    never: 'one workspace redeems the codes of two companies',
    oneRoundOf: 3,
    async run({ deps, company }) {
      const { db } = deps;
      const other = await testCompany(db);
      const companyIds = [company.companyId, other.companyId];
      await db.workspace.updateMany({
        where: { companyId: { in: companyIds } },
        data: { companyId: null, boundAt: null },
      });
      const teamId = `${company.teamId}-new`;
      const bot = { botTokenEncrypted: 'none', botUserId: 'UBOT', botId: 'BBOT' };
      await db.workspace.create({ data: { teamId, name: teamId, ...bot, installedAt: deps.clock.now() } });
      const codes = await Promise.all(companyIds.map((companyId) => issueLinkCode(deps, companyId)));
      const redeem = ({ code }: { code: string }, i: number) =>
        redeemLinkCode(deps, { teamId, userId: `UNEW${i}` }, code);
      return succeeded(await Promise.allSettled(codes.map(redeem))) > 1;
    },
  },
  'four-exports': {
    never: 'a person has more than three exports under way',
    oneRoundOf: 3,
    async run({ deps, company: { ana, companyId } }) {
      const query = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
      const choice = { query, timeZone: 'UTC', fileName: 'usage.csv', isForChannel: false };
      const drafts = await Promise.all(
        Array.from({ length: MOST_EXPORTS + 1 }, () => draftExport(deps, ana, { query, askedIn: null })),
      );
      await Promise.all(drafts.map(({ token }) => quietly(requestExport(deps, ana, token, choice))));
      return (await deps.db.usageExport.count({ where: { companyId, state: 'queued' } })) > MOST_EXPORTS;
    },
  },
};
