import { randomBytes, randomInt } from 'node:crypto';
import {
  confirmPurchase,
  markOfSuggestion,
  openDraft,
  openRechargeDraft,
  readOrder,
  reviewPurchase,
  reviewRecharge,
  reviewTransfer,
} from '../../../../src/billing/index.ts';
import { suggestAmount } from '../../../../src/billing/kinds/recharge/suggest-amount.ts';
import { formatReceipt, toPriced } from '../../../../src/billing/orders/order.ts';
import { DAY_MS } from '../../../../src/durations.ts';
import { dollars, toMicros } from '../../../../src/money.ts';
import { encodeScope } from '../../../../src/org/index.ts';
import { encodeState } from '../../../../src/slack/features/receipts/list-state.ts';
import { storeOrder } from '../../../support/order-row.ts';
import { IDS } from '../../../support/slack-ids.ts';
import {
  chosen,
  officeOf,
  type Place,
  personOf,
  scopeOf,
  type Thing,
  tokenIn,
  typed,
  walletOf,
} from './thing.ts';

const newToken = (): string => randomBytes(18).toString('base64url');
/** An amount between so many dollars, with cents, so that it is another one each time. */
const someAmount = (from: number, to: number) => dollars(`${randomInt(from, to)}.${randomInt(10, 99)}`);

async function review(place: Place, amount = someAmount(10, 90)) {
  const { billing } = place.world.app;
  const { token } = await openDraft(billing, place.owner, {});
  return await reviewPurchase(billing, place.owner, token, [{ scope: scopeOf(place), amount }]);
}

const setState = ({ world }: Place, token: string, state: string) =>
  world.app.db.purchaseOrder.update({ where: { token }, data: { state } });

/** A purchase that was confirmed, and what became of it since. */
async function confirmed(place: Place, data: object): Promise<string> {
  const shown = await review(place);
  await confirmPurchase(place.world.app.billing, place.owner, shown, { viewId: 'VEARLIER' });
  await place.world.app.db.purchaseOrder.update({ where: { token: shown.token }, data });
  return shown.token;
}

/** A recharge of the company's in a state. */
async function recharge(place: Place, amount: ReturnType<typeof dollars>, data: object): Promise<string> {
  const { world, estate } = place;
  const at = world.app.billing.clock.now();
  const { id: cardId } = await world.app.db.card.findFirstOrThrow({
    where: { companyId: estate.company.companyId, isDefault: true },
  });
  const { token } = await storeOrder(world.app.db, {
    companyId: estate.company.companyId,
    token: newToken(),
    kind: 'recharge',
    state: 'abandoned',
    officeId: officeOf(place),
    amountMicros: toMicros(amount),
    method: 'card',
    cardId,
    userId: 'auto-recharge',
    createdAt: at,
    confirmedAt: at,
    ...data,
  });
  return token;
}

/** Auto-recharge as it is set there; anew each time, as everything else was set since. */
async function setRecharge(
  place: Place,
  amount: ReturnType<typeof dollars>,
  threshold = dollars('5'),
  pausedMicros: bigint | null = null,
) {
  const { world, estate } = place;
  const { db, billing } = world.app;
  const at = billing.clock.now();
  const { companyId } = estate.company;
  const data = {
    officeId: officeOf(place),
    isOn: true,
    thresholdMicros: toMicros(threshold),
    amountMicros: toMicros(amount),
    capMicros: toMicros(amount.greaterThan('100') ? amount : dollars('100')),
    monthStartsAt: new Date(at.getTime() - DAY_MS),
    monthEndsAt: new Date(at.getTime() + 20 * DAY_MS),
    pausedFor: pausedMicros === null ? null : 'refunded',
    pausedMicros,
    setBy: 'test',
    setAt: at,
  };
  await db.rechargeSetting.upsert({
    where: { companyId_walletId: { companyId, walletId: walletOf(place) } },
    create: { companyId, walletId: walletOf(place), ...data },
    update: { ...data, version: { increment: 1 } },
  });
}

const figure = (place: Place, name: string, amount: string) => {
  const block = `${name}:${walletOf(place)}`;
  return { [block]: { [name]: { type: 'plain_text_input', value: amount } } };
};

const nextVersion = async (place: Place): Promise<void> => setRecharge(place, someAmount(30, 60));

export const moneyThings = {
  nothing: { make: async () => ({ value: '0' }) },
  amount: { make: async () => ({ value: '20' }) },
  scope: { make: async (place) => ({ value: encodeScope(scopeOf(place)) }) },
  receipt: {
    async make(place) {
      const { db, billing } = place.world.app;
      const { lastReceiptNumber: receiptNumber } = await db.company.update({
        where: { id: place.estate.company.companyId },
        data: { lastReceiptNumber: { increment: 1 } },
      });
      await confirmed(place, { state: 'settled', settledAt: billing.clock.now(), receiptNumber });
      return { value: formatReceipt(receiptNumber) };
    },
  },
  receiptList: { make: async () => ({ value: encodeState({ search: '', first: null, skipped: 0 }) }) },
  wallet: {
    async make(place) {
      await setRecharge(place, dollars('20'));
      return { value: walletOf(place).toString(), selected: walletOf(place).toString() };
    },
  },
  /** Auto-recharge that stands still after a refund. */
  pausedRecharge: {
    async make(place) {
      await setRecharge(place, dollars('20'), dollars('5'), toMicros(dollars('50')));
      return { value: walletOf(place).toString() };
    },
  },
  /** Spending that was told, of an office with auto-recharge. */
  surprise: {
    async make(place) {
      await setRecharge(place, dollars('20'));
      const { db, billing } = place.world.app;
      const at = billing.clock.now();
      const { id } = await db.surprise.create({
        data: {
          companyId: place.estate.company.companyId,
          officeId: officeOf(place),
          part: 'country',
          value: 'CU',
          rule: 'above_usual',
          hourFrom: new Date(at.getTime() - 3_600_000),
          hourTo: at,
          calls: 12n,
          costMicros: 86_200_000n,
          usualMicros: 0n,
          foundAt: at,
          lastAt: at,
        },
      });
      return { value: id.toString() };
    },
  },
  /** A purchase of the owner's that is being reviewed. */
  review: {
    async make(place) {
      const { token, mark } = await review(place);
      return { value: `${token}.${mark}`, metadata: `${token}.${mark}` };
    },
    age: async (place, carried) => void (await setState(place, tokenIn(carried), 'abandoned')),
  },
  declined: {
    async make(place) {
      const token = await confirmed(place, { state: 'declined', failureCode: 'card_declined' });
      const { mark } = await readOrder(place.world.app.billing, place.owner, token);
      return { value: `${token}.${mark}`, metadata: token };
    },
    age: async (place, carried) => void (await setState(place, tokenIn(carried), 'abandoned')),
  },
  /** A recharge that waits for its verification at the bank. */
  unverified: {
    async make(place) {
      // Credits are still low, or there would be nothing to verify.
      await setRecharge(place, dollars('9500'), dollars('9000'));
      // Credits have one recharge under way.
      await place.world.app.db.purchaseOrder.updateMany({
        where: {
          companyId: place.estate.company.companyId,
          orderLines: { some: { officeId: officeOf(place) } },
          kind: 'recharge',
        },
        data: { state: 'abandoned' },
      });
      const until = new Date(place.world.app.billing.clock.now().getTime() + DAY_MS);
      const data = { state: 'needs_action', offSession: true, verifyUntil: until };
      return { value: await recharge(place, dollars('20'), data) };
    },
    age: async (place, { value = '' }) => void (await setState(place, value, 'abandoned')),
  },
  /** The last of many recharges, whose notice suggests a larger amount. */
  suggestion: {
    async make(place) {
      const amount = dollars('25');
      await setRecharge(place, amount);
      for (let fired = 0; fired < 2; fired += 1) await recharge(place, amount, {});
      const token = await recharge(place, amount, {});
      const { app } = place.world;
      const order = await app.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
      const suggested = await suggestAmount(
        app.db,
        place.owner.company,
        toPriced(order),
        app.billing.clock.now(),
      );
      return { value: `${token}.${markOfSuggestion(token, suggested?.toFixed(2) ?? '')}` };
    },
    async age({ world }, carried) {
      const amountMicros = toMicros(dollars('24'));
      const orderLines = { updateMany: { where: {}, data: { amountMicros } } };
      await world.app.db.purchaseOrder.update({
        where: { token: tokenIn(carried) },
        data: { amountMicros, orderLines },
      });
    },
  },
  /** A purchase above the limit, asked by the company's second admin. */
  approval: {
    async make(place) {
      const owner = await personOf(place, 'ULI');
      const shown = await review({ ...place, owner }, someAmount(600, 900));
      await confirmPurchase(place.world.app.billing, owner, shown, { viewId: 'VEARLIER' });
      const { token } = await place.world.app.db.approval.findFirstOrThrow({
        where: { purchaseOrder: { token: shown.token } },
      });
      return { value: token };
    },
    async age(place, { value = '' }) {
      const data = { state: 'declined' as const, decidedAt: new Date(), decidedBy: 'TACME/UANA' };
      await place.world.app.db.approval.update({ where: { token: value }, data });
    },
  },
  /** Somebody asks for credits of the office. */
  request: {
    async make(place) {
      const { world, estate } = place;
      const at = world.app.billing.clock.now();
      const { token } = await world.app.db.creditRequest.create({
        data: {
          companyId: estate.company.companyId,
          token: newToken(),
          askedBy: `${estate.company.teamId}/U${randomInt(10 ** 9)}`,
          officeId: officeOf(place),
          amountMicros: toMicros(dollars('30')),
          reason: 'For the fair',
          state: 'open',
          askedAt: at,
          expiresAt: new Date(at.getTime() + DAY_MS),
        },
      });
      return { value: token, metadata: token, values: typed(IDS.field.reason, 'Not this month') };
    },
    async age(place, { value = '' }) {
      const data = { state: 'declined' as const, answeredBy: 'TACME/UANA', answeredAt: new Date() };
      await place.world.app.db.creditRequest.update({ where: { token: value }, data });
    },
  },
  purchaseForm: {
    async make(place) {
      const { token } = await openDraft(place.world.app.billing, place.owner, {});
      const scope = chosen(IDS.field.scope, encodeScope(scopeOf(place)));
      return { metadata: token, values: { ...scope, ...chosen(IDS.field.choice, '20.00') } };
    },
    age: async (place, carried) => void (await setState(place, tokenIn(carried), 'abandoned')),
  },
  moveForm: {
    async make(place) {
      const [from = 0n, to = 0n] = place.estate.company.officeIds;
      const { moveFrom, moveTo, moveAmount } = IDS.field;
      const values = {
        ...chosen(moveFrom, from.toString()),
        ...chosen(moveTo, to.toString()),
        ...typed(moveAmount, '0.01'),
      };
      return { metadata: newToken(), values };
    },
  },
  moveReview: {
    async make(place) {
      const [fromOfficeId = 0n, toOfficeId = 0n] = place.estate.company.officeIds;
      const choice = { fromOfficeId, toOfficeId, amount: dollars('0.01') };
      const { mark } = await reviewTransfer(place.world.app.billing, place.owner, choice);
      return { metadata: `${newToken()}.${fromOfficeId}.${toOfficeId}.1.${mark}` };
    },
  },
  purchaseLines: {
    async make(place) {
      const { token } = await openDraft(place.world.app.billing, place.owner, {});
      const { line } = IDS.field;
      const block = `${line}:${encodeScope(scopeOf(place))}`;
      return { metadata: token, values: { [block]: { [block]: { type: 'plain_text_input', value: '20' } } } };
    },
    age: async (place, carried) => void (await setState(place, tokenIn(carried), 'abandoned')),
  },
  rechargeForm: {
    async make(place) {
      await setRecharge(place, dollars('20'));
      const { token } = await openRechargeDraft(place.world.app.billing, place.owner, walletOf(place));
      const { isOn, threshold, amount, cap } = IDS.field;
      const block = `${isOn}:${walletOf(place)}`;
      const values = {
        [block]: { [isOn]: { type: 'radio_buttons', selected_option: { value: 'on' } } },
        ...figure(place, threshold, '6'),
        ...figure(place, amount, someAmount(30, 60).toFixed(2)),
        ...figure(place, cap, '100'),
      };
      return { metadata: token, values };
    },
    age: nextVersion,
  },
  rechargeReview: {
    async make(place) {
      await setRecharge(place, dollars('20'));
      const { billing } = place.world.app;
      const { token } = await openRechargeDraft(billing, place.owner, walletOf(place));
      const choice = { isOn: true, threshold: dollars('6'), amount: someAmount(30, 60), cap: dollars('100') };
      const { mark } = await reviewRecharge(billing, place.owner, token, choice);
      return { metadata: `${token}.${mark}` };
    },
    age: nextVersion,
  },
  capForm: {
    async make(place) {
      await setRecharge(place, dollars('20'));
      const { token } = await openRechargeDraft(place.world.app.billing, place.owner, walletOf(place));
      return { metadata: token, values: figure(place, IDS.field.cap, someAmount(200, 300).toFixed(2)) };
    },
  },
} satisfies Record<string, Thing>;
