import {
  type GatewayCard,
  type GatewayDispute,
  type GatewayRefund,
  GatewayRefusedError,
  GatewayUnknownError,
  type Intent,
  type IntentRequest,
  type PaymentGateway,
} from '../../../src/billing/gateway.ts';
import { dollars, type Money } from '../../../src/money.ts';

/** Thrown where the process that made a call is gone: nobody is left to learn what came of it. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** What becomes of one call. `lost-…`: it has no answer; `died-…`: whoever made it is gone; before or after it had its effect. */
export type Fate = 'answered' | 'lost-before' | 'lost-after' | 'died-before' | 'died-after';
/** What the bank says to a charge. */
export type Verdict = 'approve' | 'decline' | 'never' | 'ask' | 'settle-late';

export interface Charge {
  intentId: string;
  /** `company/order`, or `company/card-check/check`. */
  order: string;
  amount: Money;
}

export interface Confirmation {
  intentId: string;
  /** `company/order`. */
  order: string;
  offSession: boolean;
}

export interface SimProcessor {
  gateway: PaymentGateway;
  charges: Charge[];
  /** The small charges that check a card. */
  checkCharges: Charge[];
  /** Refunds of every charge, the app's own and those that somebody made by hand. */
  refunds: ReadonlyMap<string, GatewayRefund>;
  /** Intents that the app refunded whole. */
  refunded: ReadonlySet<string>;
  /** The intents that wait for somebody at the bank, or for the bank. */
  waiting(): string[];
  /** What waits is answered. */
  resolve(intentId: string, isPaid: boolean): void;
  /** Tries of a card whose bank had said never again, and the app had been told so. */
  triedAgain(): number;
  /** Every confirmation of an order's charge, as it was asked for. */
  confirmations: readonly Confirmation[];
  /** By order, how many of its intents are neither paid nor cancelled. */
  unpaid(): Map<string, number>;
  disputes: ReadonlyMap<string, GatewayDispute>;
  /** A card's holder wants a charge back; answers the dispute's id. */
  dispute(charge: Charge): string;
  /** Somebody refunds a charge by hand, at most what is left of it; answers the refund's id, or null where nothing is left. */
  refund(charge: Charge, amount: Money): string | null;
  /** A refund that is on its way arrives, or fails. */
  decideRefund(refundId: string, state: 'succeeded' | 'failed'): void;
  /** Whose money it is, in the end. */
  decide(disputeId: string, state: 'won' | 'lost'): void;
}

interface Kept extends Intent {
  cardId: string;
  reference: string;
  order: string;
  amount: Money;
  /** What a statement shows of its charge. */
  descriptor: string;
}

/** The account settles in a currency of which a dollar is too little. */
const SMALLEST_CHARGE = dollars('1.20');
/** Checks whose suffix the account cannot show: those of every second id. */
const NO_SUFFIX = /[02468]$/;

/**
 * A card processor in memory, with the rules that ours is built on: a key repeated gets the first answer again, an
 * intent is charged once, what was charged cannot be cancelled. `meanwhile` runs before and after each
 * call has its effect: what others do while it is under way.
 */
export function simProcessor(options: {
  verdict: () => Verdict;
  fate: () => Fate;
  meanwhile: () => Promise<void>;
  now: () => Date;
}): SimProcessor {
  const intents = new Map<string, Kept>();
  const answers = new Map<string, unknown>();
  const charges: Charge[] = [];
  const checkCharges: Charge[] = [];
  const refunded = new Set<string>();
  const disputes = new Map<string, GatewayDispute>();
  const refunds = new Map<string, GatewayRefund>();
  const confirmations: Confirmation[] = [];
  const dead = new Set<string>();
  let triedAgain = 0;
  let cards = 0;

  const find = (id: string): Kept => {
    const intent = intents.get(id);
    if (intent === undefined) throw new GatewayRefusedError('resource_missing', `no intent ${id}`);
    return intent;
  };
  const pay = (intent: Kept): void => {
    intent.state = 'succeeded';
    const list = isCheck(intent) ? checkCharges : charges;
    list.push({ intentId: intent.id, order: intent.order, amount: intent.amount });
  };
  /** Nothing of a payment that is disputed, or was lost, and no more than was paid. */
  const refund = ({ intentId, amount: paid }: Omit<Charge, 'order'>, wanted: Money): string | null => {
    const made = [...refunds.values()].filter(
      (other) => other.intentId === intentId && other.state !== 'failed',
    );
    const left = made.reduce((rest, { amount }) => rest.minus(amount), paid);
    const isDisputed = [...disputes.values()].some(
      (dispute) => dispute.intentId === intentId && dispute.state !== 'won',
    );
    if (isDisputed || !left.isPositive() || left.isZero()) return null;
    const id = `re_${refunds.size}_${intentId}`;
    refunds.set(id, {
      id,
      intentId,
      amount: wanted.lessThan(left) ? wanted : left,
      state: 'pending',
      failureReason: null,
      createdAt: options.now(),
      reference: null,
    });
    return id;
  };
  /** One call over the network. */
  const call = async <T>(key: string | null, effect: () => T): Promise<T> => {
    const fate = options.fate();
    await options.meanwhile();
    if (fate === 'died-before') throw new ProcessDied();
    if (fate === 'lost-before') throw new GatewayUnknownError('no answer');
    const answer = (key === null ? undefined : (answers.get(key) as T | undefined)) ?? effect();
    if (key !== null) answers.set(key, answer);
    await options.meanwhile();
    if (fate === 'died-after') throw new ProcessDied();
    if (fate === 'lost-after') throw new GatewayUnknownError('no answer');
    return answer;
  };

  /** What was answered about an intent: the bank's word about its card counts from when the app was told it. */
  const tell = async (answer: Promise<Kept>): Promise<Intent> => {
    const { cardId, order: _, amount: __, reference: ___, descriptor: ____, ...intent } = await answer;
    if (intent.adviceCode === 'do_not_try_again') dead.add(cardId);
    return intent;
  };

  const confirm = (intent: Kept, offSession: boolean): Kept => {
    if (intent.state !== 'unconfirmed')
      throw new GatewayRefusedError('payment_intent_unexpected_state', `it is ${intent.state}`);
    if (dead.has(intent.cardId)) triedAgain += 1;
    if (!isCheck(intent)) confirmations.push({ intentId: intent.id, order: intent.order, offSession });
    const verdict = options.verdict();
    if (verdict === 'approve') pay(intent);
    else if (verdict === 'decline') {
      intent.state = 'failed';
      intent.failureCode = 'card_declined';
    } else if (verdict === 'never') {
      Object.assign(intent, { state: 'failed', failureCode: 'stolen_card', adviceCode: 'do_not_try_again' });
    } else if (verdict === 'ask' && offSession) {
      Object.assign(intent, { state: 'failed', failureCode: 'authentication_required' });
    } else if (verdict === 'ask') {
      intent.state = 'needs_action';
      intent.actionUrl = 'https://bank.example';
    } else intent.state = 'processing';
    return { ...intent };
  };

  const create = (
    { cardId, amount, reference, key }: IntentRequest,
    suffix: string | null,
  ): Promise<Intent> =>
    call<Intent>(key, () => {
      const order = reference.includes('/card-check/')
        ? reference
        : reference.split('/').slice(0, 2).join('/');
      const intent: Kept = {
        id: `pi_${reference.replaceAll('/', '_')}_${intents.size}`,
        state: 'unconfirmed',
        failureCode: null,
        adviceCode: null,
        actionUrl: null,
        cardId,
        reference,
        order,
        amount,
        descriptor: suffix === null ? 'REFILL' : `REFILL* ${suffix}`,
      };
      intents.set(intent.id, intent);
      return { ...intent };
    });

  const gateway: PaymentGateway = {
    createCustomer: ({ reference, key }) => call(key, () => ({ customerId: `cus_${reference}` })),
    createIntent: (request) => create(request, null),
    async createCheckIntent({ suffix, ...request }) {
      if (request.amount.lessThan(SMALLEST_CHARGE)) return { refused: 'amount' };
      if (suffix !== null && NO_SUFFIX.test(request.reference)) return { refused: 'suffix' };
      return await create(request, suffix);
    },
    findStatementDescriptor: (intentId) => call(null, () => find(intentId).descriptor),
    confirmIntent: ({ intentId, offSession, key }) =>
      tell(call(key, () => confirm(find(intentId), offSession))),
    findIntent: (intentId) => tell(call(null, () => ({ ...find(intentId) }))),
    listIntents: ({ customerId }) =>
      call(null, () =>
        [...intents.values()]
          .filter(({ reference }) => customerId === `cus_${reference.split('/')[0]}`)
          .map((intent) => ({ ...intent })),
      ),
    cancelIntent: ({ intentId }) =>
      tell(
        call(null, () => {
          const intent = find(intentId);
          if (intent.state !== 'succeeded' && intent.state !== 'processing') intent.state = 'canceled';
          return { ...intent };
        }),
      ),
    refundIntent: ({ intentId, key }) =>
      call(key, () => {
        const { state, amount } = find(intentId);
        if (state !== 'succeeded') throw new GatewayRefusedError('charge_not_there', 'nothing was charged');
        if (refund({ intentId, amount }, amount) === null)
          throw new GatewayRefusedError('charge_already_refunded', 'nothing is left of it');
        refunded.add(intentId);
      }),
    createRefund: () => Promise.reject(new GatewayRefusedError('not_here', 'only the operator asks for it')),
    createCardPage: ({ customerId, key }) =>
      call(key, () => ({ sessionId: `page_${customerId}_${cards++}`, url: 'https://card.example' })),
    // Somebody typed a card there at once.
    findCardPage: (sessionId) => call(null, () => ({ cardId: `card_${sessionId}`, customerId: 'cus' })),
    findCard: (cardId) => call(null, () => cardOf(cardId)),
    attachCard: async ({ cardId, customerId }) => cardOf(`${cardId}_${customerId}_${cards++}`),
    findDispute: (disputeId) =>
      call(null, () => {
        const dispute = disputes.get(disputeId);
        if (dispute === undefined) throw new GatewayRefusedError('resource_missing', `no ${disputeId}`);
        return { ...dispute };
      }),
    listDisputes: () => call(null, () => [...disputes.values()].map((dispute) => ({ ...dispute }))),
    findRefund: (refundId) =>
      call(null, () => {
        const refund = refunds.get(refundId);
        if (refund === undefined) throw new GatewayRefusedError('resource_missing', `no ${refundId}`);
        return { ...refund };
      }),
    listRefunds: () => call(null, () => [...refunds.values()].map((refund) => ({ ...refund }))),
    listRefundsOf: (intentId) =>
      call(null, () => [...refunds.values()].filter((refund) => refund.intentId === intentId)),
    findFraudWarning: (warningId) =>
      Promise.reject(new GatewayRefusedError('resource_missing', `no ${warningId}`)),
    readWebhook: () => {
      throw new GatewayRefusedError('not_here', 'webhooks come as hints to look');
    },
  };
  return {
    gateway,
    charges,
    checkCharges,
    refunded,
    triedAgain: () => triedAgain,
    confirmations,
    unpaid() {
      const open = new Map<string, number>();
      for (const { order, state } of intents.values())
        if (state !== 'succeeded' && state !== 'canceled') open.set(order, (open.get(order) ?? 0) + 1);
      return open;
    },
    refunds,
    refund,
    decideRefund(refundId, state) {
      const found = refunds.get(refundId);
      // The app's own refund of a small charge, or of a late payment, has no second try in here.
      if (found?.state !== 'pending' || refunded.has(found.intentId ?? '')) return;
      Object.assign(found, { state, failureReason: state === 'failed' ? 'lost_or_stolen_card' : null });
    },
    disputes,
    dispute({ intentId, amount }) {
      const disputeId = `du_${intentId}`;
      disputes.set(disputeId, { id: disputeId, intentId, amount, state: 'open', createdAt: options.now() });
      return disputeId;
    },
    decide(disputeId, state) {
      const dispute = disputes.get(disputeId);
      if (dispute?.state === 'open') dispute.state = state;
    },
    waiting: () =>
      [...intents.values()]
        .filter(({ state }) => state === 'needs_action' || state === 'processing')
        .map(({ id }) => id),
    resolve(intentId, isPaid) {
      const intent = find(intentId);
      if (intent.state !== 'needs_action' && intent.state !== 'processing') return;
      if (isPaid) pay(intent);
      else Object.assign(intent, { state: 'failed', failureCode: 'authentication_failed' });
    },
  };
}

const isCheck = ({ order }: Kept): boolean => order.includes('/card-check/');

/** The number is the same for every third card of a company's: what was got wrong before counts. */
function cardOf(id: string): GatewayCard {
  const fingerprint = id.replace(/\d+$/, (count) => String(Number(count) % 3));
  return { id, customerId: 'cus', brand: 'visa', last4: '4242', expMonth: 12, expYear: 2040, fingerprint };
}
