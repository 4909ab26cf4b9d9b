import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyRecharge,
  buyBundle,
  claimCard,
  confirmPurchase,
  decideApproval,
  decideRecharge,
  declineRequest,
  disownCard,
  openRechargeDraft,
  openSettings,
  raiseCap,
  requestCredits,
  reviewBundle,
  reviewPurchase,
  reviewRecharge,
  saveSettings,
  setOperatorApprovalLimit,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars, fromMicros, toMicros } from '../../../src/money.ts';
import type { NewCompany, Person, Scope } from '../../../src/org/index.ts';
import type { TestCompany } from '../../support/company.ts';
import { type Arena, another, POOL, quietly, type Race, review, SURFACE } from './arena.ts';

const office = ({ officeIds }: TestCompany, i: number): Scope => ({
  kind: 'office',
  officeId: officeIds[i] ?? officeIds[0],
});

const limitTo = ({ deps, company: { companyId } }: Arena, amount: string) =>
  setOperatorApprovalLimit(deps.db, { companyId, limit: dollars(amount), at: deps.clock.now() });

async function confirmed({ deps, company: { companyId } }: Arena): Promise<number> {
  const { _sum } = await deps.db.purchaseOrder.aggregate({
    _sum: { amountMicros: true },
    where: { companyId, state: { in: ['confirmed', 'charging', 'settled'] } },
  });
  return fromMicros(_sum.amountMicros ?? 0n).toNumber();
}

async function wallet({ deps, company }: Arena): Promise<bigint> {
  const { wallets } = await readBalance(deps.db, company.companyId, deps.clock.now());
  return wallets[0]?.walletId ?? 0n;
}

async function setRecharge(arena: Arena, amount: string, cap = '500'): Promise<() => Promise<unknown>> {
  const { deps, company } = arena;
  const { token } = await openRechargeDraft(deps, company.ana, await wallet(arena));
  const choice = { isOn: true, threshold: dollars('5'), amount: dollars(amount), cap: dollars(cap) };
  const shown = await reviewRecharge(deps, company.ana, token, choice);
  return async () => (await quietly(applyRecharge(deps, company.ana, shown)))?.outcome;
}

const DAY_OF_100: Partial<NewCompany> = {
  limits: { min: dollars('5'), max: dollars('100'), perDay: dollars('100'), exposure: dollars('100') },
};

/** Every claim that two may make at once. */
export const claimRaces: Record<string, Race> = {
  'review-confirm': {
    never: 'a review of $400 that races the confirmation of $20 passes an approval limit of $100',
    oneRoundOf: 1,
    async run(arena) {
      const { deps, company } = arena;
      await limitTo(arena, '100');
      const shown = await review(arena, company.ana, '20');
      const edit = async (): Promise<unknown> => {
        await sleep(Math.random() * 12);
        const choice = { scope: POOL, amount: dollars('400') };
        return await quietly(reviewPurchase(deps, company.ana, shown.token, [choice]));
      };
      await Promise.all([quietly(confirmPurchase(deps, company.ana, shown, SURFACE)), edit()]);
      return (await confirmed(arena)) > 100;
    },
  },
  'two-purchases': {
    never: 'two purchases pass the limit of 24 hours together',
    oneRoundOf: 3,
    company: { ...DAY_OF_100, pooled: false },
    async run(arena) {
      const { deps, company } = arena;
      const hers = await review(arena, company.ana, '60', office(company, 0));
      const his = await review(arena, company.li, '60', office(company, 1));
      await Promise.all([
        quietly(confirmPurchase(deps, company.ana, hers, SURFACE)),
        quietly(confirmPurchase(deps, company.li, his, SURFACE)),
      ]);
      return (await confirmed(arena)) > 100;
    },
  },
  'two-on-invoice': {
    never: 'two purchases pass the invoice limit together',
    oneRoundOf: 3,
    company: {
      pooled: false,
      billingMethod: 'invoice',
      limits: { min: dollars('5'), max: dollars('100'), perDay: dollars('900'), exposure: dollars('100') },
    },
    async run(arena) {
      const { deps, company } = arena;
      const hers = await review(arena, company.ana, '60', office(company, 0));
      const his = await review(arena, company.li, '60', office(company, 1));
      await Promise.all([
        quietly(confirmPurchase(deps, company.ana, hers, SURFACE)),
        quietly(confirmPurchase(deps, company.li, his, SURFACE)),
      ]);
      return (await confirmed(arena)) > 100;
    },
  },
  'two-bundles': {
    never: 'two bundles pass the limit of 24 hours together',
    oneRoundOf: 3,
    company: DAY_OF_100,
    async run(arena) {
      const { deps, company, bundleId } = arena;
      const { mark } = await reviewBundle(deps, company.ana, { bundleId, scope: POOL });
      const buy = (n: number) => {
        const token = `${company.teamId}-bundle-${n}`;
        return quietly(buyBundle(deps, company.ana, { bundleId, scope: POOL, mark, token }));
      };
      await Promise.all([buy(1), buy(2)]);
      return (await confirmed(arena)) > 100;
    },
  },
  'recharge-purchase': {
    never: 'a recharge and a purchase pass the limit of 24 hours together',
    oneRoundOf: 3,
    company: DAY_OF_100,
    async run(arena) {
      const { deps, company } = arena;
      await (await setRecharge(arena, '60'))();
      const shown = await review(arena, company.ana, '60');
      await Promise.all([
        quietly(confirmPurchase(deps, company.ana, shown, SURFACE)),
        decideRecharge(deps, { companyId: company.companyId, walletId: await wallet(arena) }),
      ]);
      return (await confirmed(arena)) > 100;
    },
  },
  'retry-purchase': {
    never: 'the retry of a recharge and a purchase pass the limit of 24 hours together',
    oneRoundOf: 3,
    company: DAY_OF_100,
    async run(arena) {
      const { deps, company } = arena;
      const { companyId } = company;
      await (await setRecharge(arena, '60'))();
      // Reviewed first: the sweep of another round may take this one's retry before it is raced for.
      const shown = await review(arena, company.ana, '60');
      await decideRecharge(deps, { companyId, walletId: await wallet(arena) });
      await deps.db.purchaseOrder.updateMany({
        where: { companyId, kind: 'recharge' },
        data: { state: 'declined', failureCode: 'card_declined', retryAt: deps.clock.now() },
      });
      await Promise.all([
        quietly(confirmPurchase(deps, company.ana, shown, SURFACE)),
        quietly(sweepRetries(deps)),
      ]);
      return (await confirmed(arena)) > 100;
    },
  },
  'two-answers': {
    never: 'a request is approved by one and declined by another',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      await limitTo(arena, '10');
      const tom = await another(arena, 'company_admin');
      await confirmPurchase(deps, company.ana, await review(arena, company.ana, '20'), SURFACE);
      const where = { companyId: company.companyId };
      const { token } = await deps.db.approval.findFirstOrThrow({ where });
      const done = await Promise.all([
        quietly(decideApproval(deps, company.li, token, 'approved')),
        quietly(decideApproval(deps, tom, token, 'declined')),
      ]);
      return done.filter((one) => one?.outcome === 'decided').length > 1;
    },
  },
  'claim-disown': {
    never: 'a card is claimed and disowned at once',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      const { companyId, teamId } = company;
      await deps.db.company.update({ where: { id: companyId }, data: { cardCheck: 'every' } });
      await deps.db.card.updateMany({
        where: { companyId },
        data: { isDefault: false, claimedAt: null, confirmedAt: null, addedBy: `${teamId}/UANA` },
      });
      const { id } = await deps.db.card.findFirstOrThrow({ where: { companyId } });
      await Promise.all([
        quietly(claimCard(deps, company.ana, id)),
        quietly(disownCard(deps, company.ana, id)),
      ]);
      const card = await deps.db.card.findFirstOrThrow({ where: { companyId, id } });
      return card.claimedAt !== null && card.removedAt !== null;
    },
  },
  'two-recharge-forms': {
    never: 'of two forms of one auto-recharge both are saved',
    oneRoundOf: 3,
    async run(arena) {
      const saves = [await setRecharge(arena, '50'), await setRecharge(arena, '20')];
      const done = await Promise.all(saves.map((save) => save()));
      return done.filter((outcome) => outcome === 'saved').length > 1;
    },
  },
  'two-caps': {
    never: 'of two raised caps the lower one stays',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      await (await setRecharge(arena, '50', '80'))();
      const walletId = await wallet(arena);
      const raise = (person: Person, cap: string) => quietly(raiseCap(deps, person, walletId, dollars(cap)));
      await Promise.all([raise(company.ana, '200'), raise(company.li, '100')]);
      const where = { companyId: company.companyId };
      const { capMicros } = await deps.db.rechargeSetting.findFirstOrThrow({ where });
      return capMicros < toMicros(dollars('200'));
    },
  },
  'two-settings': {
    never: 'of two forms of one setting both are saved',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      const save = async (person: Person, zone: string) => {
        const { token } = await openSettings(deps, person);
        return () => quietly(saveSettings(deps, person, token, new Map([['time_zone', zone]])));
      };
      const saves = [await save(company.ana, 'America/New_York'), await save(company.li, 'America/Chicago')];
      const done = await Promise.all(saves.map((each) => each()));
      return done.filter((one) => one?.outcome === 'saved').length > 1;
    },
  },
  'two-declines': {
    never: 'a request is declined twice',
    oneRoundOf: 3,
    async run(arena) {
      const { deps, company } = arena;
      const marco = await another(arena, 'member');
      await requestCredits(deps, marco, { amount: null, reason: 'calls' });
      const where = { companyId: company.companyId };
      const { token } = await deps.db.creditRequest.findFirstOrThrow({ where });
      const decline = (person: Person) =>
        declineRequest(deps, person, token, '').then(
          () => true,
          () => false,
        );
      const done = await Promise.all([decline(company.ana), decline(company.li)]);
      return done.every((one) => one);
    },
  },
};
