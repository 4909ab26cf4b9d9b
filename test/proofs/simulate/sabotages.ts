import { GatewayUnknownError, type Intent, type PaymentGateway } from '../../../src/billing/gateway.ts';
import type { BillingDeps } from '../../../src/billing/index.ts';
import { AUTO_RECHARGE_ACTOR, decideRecharge } from '../../../src/billing/kinds/recharge/decide-recharge.ts';
import type { Db } from '../../../src/db/index.ts';
import type { JobHandlers } from '../../../src/queue/index.ts';
import { sabotages as ofCrash } from '../crash/sabotages.ts';
import { racingDb } from '../races/racing-db.ts';

/** One thing done wrong, from outside. */
export interface Breakage {
  jobs?: (deps: BillingDeps) => Partial<JobHandlers>;
  gateway?: (gateway: PaymentGateway) => PaymentGateway;
  /** The client that racing forms are answered on. */
  forms?: (db: Db) => Db;
  /** What the database would not let happen. */
  prepare?: (db: Db) => Promise<unknown>;
}

/** Takes no answer for a decline. */
async function guess(intentId: string, call: Promise<Intent>): Promise<Intent> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof GatewayUnknownError)) throw error;
    return { id: intentId, state: 'failed', failureCode: 'timeout', adviceCode: null, actionUrl: null };
  }
}

async function halveAmounts(db: Db, table: 'dispute' | 'refund'): Promise<void> {
  await db.$executeRawUnsafe(`
    CREATE FUNCTION halve_amount() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      new.amount_micros := new.amount_micros / 2;
      RETURN new;
    END $$`);
  await db.$executeRawUnsafe(
    `CREATE TRIGGER halve_amount BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION halve_amount()`,
  );
}

/** Ways to break billing that the simulation must catch. */
export const sabotages: Record<string, Breakage> = {
  /** Nothing is locked, and an order is claimed by its key alone, whatever became of it since it was read. */
  'no-claim': { forms: (db) => racingDb(db, { guards: false }) },
  /** A new key at each try, and no look at what the last one led to. */
  'key-per-try': { jobs: (deps) => ofCrash['key-per-try']?.(deps) ?? {} },
  /** The credit first, the charge after it. */
  'credit-before-charge': { jobs: (deps) => ofCrash['credit-before-charge']?.(deps) ?? {} },
  /** An unknown outcome is not looked up, but taken for a decline. */
  'guess-unknown': {
    gateway: (gateway) => ({
      ...gateway,
      confirmIntent: (request) => guess(request.intentId, gateway.confirmIntent(request)),
    }),
  },
  /** A stolen card is taken for one that is short of funds. */
  'stolen-tried-again': {
    gateway: (gateway) => {
      const soften = (intent: Intent): Intent =>
        intent.adviceCode === null
          ? intent
          : { ...intent, failureCode: 'insufficient_funds', adviceCode: null };
      return {
        ...gateway,
        confirmIntent: async (request) => soften(await gateway.confirmIntent(request)),
        findIntent: async (intentId) => soften(await gateway.findIntent(intentId)),
      };
    },
  },
  /** Charges that make themselves say that somebody is there. */
  'always-on-session': {
    gateway: (gateway) => ({
      ...gateway,
      confirmIntent: (request) => gateway.confirmIntent({ ...request, offSession: false }),
    }),
  },
  /** What failed is said to be cancelled, and is not. */
  'failed-left-open': {
    gateway: (gateway) => ({
      ...gateway,
      cancelIntent: async ({ intentId }) => {
        const intent = await gateway.findIntent(intentId);
        return intent.state === 'succeeded' ? intent : { ...intent, state: 'canceled' };
      },
    }),
  },
  /** The decision does not see the recharge that is open. */
  'no-open-guard': {
    async prepare(db) {
      await db.$executeRaw`DROP INDEX purchase_order_one_recharge`;
      await db.$executeRaw`ALTER TABLE purchase_order DROP CONSTRAINT purchase_order_recharge_wallet_check`;
    },
    jobs: ({ db, clock }) => ({
      'recharge-if-low': async (payload) => {
        const where = { companyId: payload.companyId, userId: AUTO_RECHARGE_ACTOR };
        const hidden = await db.purchaseOrder.findMany({
          where: { ...where, rechargeWalletId: payload.walletId },
          select: { id: true },
        });
        const ids = { in: hidden.map(({ id }) => id) };
        const { walletId: rechargeWalletId } = payload;
        await db.purchaseOrder.updateMany({
          where: { ...where, id: ids },
          data: { rechargeWalletId: null },
        });
        await decideRecharge({ db, clock }, payload);
        await db.purchaseOrder.updateMany({ where: { ...where, id: ids }, data: { rechargeWalletId } });
      },
    }),
  },
  /** The decision knows no cap. */
  'cap-not-counted': {
    jobs: ({ db, clock }) => ({
      'recharge-if-low': async (payload) => {
        const where = { companyId: payload.companyId, walletId: payload.walletId };
        const before = await db.rechargeSetting.findFirst({ where });
        await db.rechargeSetting.updateMany({ where, data: { capMicros: 10n ** 12n } });
        await decideRecharge({ db, clock }, payload);
        if (before !== null)
          await db.rechargeSetting.updateMany({ where, data: { capMicros: before.capMicros } });
      },
    }),
  },
  /** A period of a bundle is credited under a key of that moment, not of the period. */
  'period-credited-twice': {
    prepare: async (db) => {
      await db.$executeRaw`
        CREATE FUNCTION credit_again() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM ledger_grant(p_company => g.company_id, p_office => w.office_id, p_kind => g.kind, p_amount => g.amount_micros,
            p_effective => g.effective_at, p_expires => g.expires_at, p_key => 'again:' || g.reference, p_source => g.source,
            p_reference => g.reference, p_actor => 'sabotage', p_reason => 'sabotage', p_at => new.credited_at)
          FROM credit_grant AS g JOIN wallet AS w ON w.company_id = g.company_id AND w.id = g.wallet_id
          WHERE g.company_id = new.company_id AND g.reference = new.subscription_id || ':' || new.number AND g.source = 'bundle';
          RETURN NULL;
        END $$`;
      await db.$executeRaw`
        CREATE TRIGGER credit_again AFTER UPDATE ON subscription_period FOR EACH ROW
        WHEN (old.state <> 'credited' AND new.state = 'credited') EXECUTE FUNCTION credit_again()`;
    },
  },
  /** An order is put on the invoice for twice what it credits. */
  'item-doubled': {
    prepare: async (db) => {
      await db.$executeRaw`
        CREATE FUNCTION double_item() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          new.amount_micros := 2 * new.amount_micros;
          RETURN new;
        END $$`;
      await db.$executeRaw`CREATE TRIGGER double_item BEFORE INSERT ON invoice_item FOR EACH ROW EXECUTE FUNCTION double_item()`;
    },
  },
  /** Half of what is disputed is noted. */
  'lost-by-half': { prepare: (db) => halveAmounts(db, 'dispute') },
  /** Half of what is refunded is noted. */
  'refunded-by-half': { prepare: (db) => halveAmounts(db, 'refund') },
  /** A refund that failed is taken for one that arrived. */
  'failed-refund-kept': {
    gateway: (gateway) => ({
      ...gateway,
      findRefund: async (refundId) => {
        const refund = await gateway.findRefund(refundId);
        return refund.state === 'failed' ? { ...refund, state: 'succeeded', failureReason: null } : refund;
      },
    }),
  },
  /** Only webhooks tell of refunds, and some never come. */
  'refunds-not-swept': { gateway: (gateway) => ({ ...gateway, listRefunds: async () => [] }) },
  /** The small charge of a card's check is said to be given back, and is not. */
  'check-kept': { gateway: (gateway) => ({ ...gateway, refundIntent: async () => undefined }) },
};
