import {
  type GatewayCard,
  GatewayRefusedError,
  GatewayUnknownError,
  type Intent,
  type PaymentGateway,
} from '../../../src/billing/gateway.ts';
import type { Money } from '../../../src/money.ts';

/** Thrown where the process that made a call is gone: nobody is left to learn what came of it. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** What becomes of one call. `lost-…`: it has no answer; `died-…`: whoever made it is gone; before or after it had its effect. */
export type Fate = 'answered' | 'lost-before' | 'lost-after' | 'died-before' | 'died-after';
/** What the bank says to a charge. */
export type Verdict = 'approve' | 'decline' | 'ask' | 'settle-late';

export interface Charge {
  intentId: string;
  /** `company/order`. */
  order: string;
  amount: Money;
}

export interface SimProcessor {
  gateway: PaymentGateway;
  charges: Charge[];
  /** The intents that wait for somebody at the bank, or for the bank. */
  waiting(): string[];
  /** What waits is answered. */
  resolve(intentId: string, isPaid: boolean): void;
}

interface Kept extends Intent {
  order: string;
  amount: Money;
}

/**
 * A card processor in memory, with the rules that ours is built on: a key repeated gets the first answer again, an
 * intent is charged once, what was charged cannot be cancelled. `meanwhile` runs before and after each
 * call has its effect: what others do while it is under way.
 */
export function simProcessor(options: {
  verdict: () => Verdict;
  fate: () => Fate;
  meanwhile: () => Promise<void>;
}): SimProcessor {
  const intents = new Map<string, Kept>();
  const answers = new Map<string, unknown>();
  const charges: Charge[] = [];
  let cards = 0;

  const find = (id: string): Kept => {
    const intent = intents.get(id);
    if (intent === undefined) throw new GatewayRefusedError('resource_missing', `no intent ${id}`);
    return intent;
  };
  const pay = (intent: Kept): void => {
    intent.state = 'succeeded';
    charges.push({ intentId: intent.id, order: intent.order, amount: intent.amount });
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

  const confirm = (intent: Kept): Intent => {
    if (intent.state !== 'unconfirmed')
      throw new GatewayRefusedError('payment_intent_unexpected_state', `it is ${intent.state}`);
    const verdict = options.verdict();
    if (verdict === 'approve') pay(intent);
    else if (verdict === 'decline') {
      intent.state = 'failed';
      intent.failureCode = 'card_declined';
    } else if (verdict === 'ask') {
      intent.state = 'needs_action';
      intent.actionUrl = 'https://bank.example';
    } else intent.state = 'processing';
    return { ...intent };
  };

  const gateway: PaymentGateway = {
    createCustomer: ({ reference, key }) => call(key, () => ({ customerId: `cus_${reference}` })),
    createIntent: ({ amount, reference, key }) =>
      call(key, () => {
        const order = reference.split('/').slice(0, 2).join('/');
        const intent: Kept = {
          id: `pi_${reference.replaceAll('/', '_')}_${intents.size}`,
          state: 'unconfirmed',
          failureCode: null,
          actionUrl: null,
          order,
          amount,
        };
        intents.set(intent.id, intent);
        return { ...intent };
      }),
    confirmIntent: ({ intentId, key }) => call(key, () => confirm(find(intentId))),
    findIntent: (intentId) => call(null, () => ({ ...find(intentId) })),
    cancelIntent: ({ intentId }) =>
      call(null, () => {
        const intent = find(intentId);
        if (intent.state !== 'succeeded') intent.state = 'canceled';
        return { ...intent };
      }),
    refundIntent: () => refuse(),
    createCardPage: () => refuse(),
    findCardPage: () => refuse(),
    findDispute: () => refuse(),
    findCard: async (cardId) => cardOf(cardId),
    attachCard: async ({ cardId, customerId }) => cardOf(`${cardId}_${customerId}_${cards++}`),
    readWebhook: () => {
      throw new GatewayRefusedError('not_here', 'webhooks come as hints to look');
    },
  };
  return {
    gateway,
    charges,
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

function refuse(): Promise<never> {
  return Promise.reject(new GatewayRefusedError('not_here', 'no part of the simulation'));
}

function cardOf(id: string): GatewayCard {
  return { id, brand: 'visa', last4: '4242', expMonth: 12, expYear: 2040, fingerprint: id };
}
