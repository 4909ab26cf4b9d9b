import { processorSeconds, secondsSince } from '../../instruments.ts';
import {
  GatewayDeclinedError,
  GatewayRefusedError,
  GatewayUnknownError,
  type PaymentGateway,
} from '../gateway.ts';

/**
 * The processor, each call of it counted and timed by how it ended. Calls without an answer, which an alert asks about, are counted
 * from 0: monitoring sees no increase in what begins at 1.
 */
export function countCalls(gateway: PaymentGateway): PaymentGateway {
  for (const call of Object.keys(gateway))
    if (isCounted(call)) processorSeconds.zero({ call, outcome: 'no_answer' });
  return new Proxy(gateway, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function' || !isCounted(name)) return call;
      return async (...given: unknown[]) => {
        const startedAt = performance.now();
        let outcome = 'ok';
        try {
          const answer: unknown = await call.apply(target, given);
          if (isDecline(answer)) outcome = 'declined';
          return answer;
        } catch (error) {
          outcome = outcomeOf(error);
          throw error;
        } finally {
          processorSeconds.observe({ call: String(name), outcome }, secondsSince(startedAt));
        }
      };
    },
  });
}

/** What the processor sends is read here, without asking it. */
function isCounted(name: string | symbol): boolean {
  return name !== 'readWebhook';
}

function isDecline(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'state' in answer && answer.state === 'failed';
}

function outcomeOf(error: unknown): string {
  if (error instanceof GatewayDeclinedError) return 'declined';
  if (error instanceof GatewayUnknownError) return 'no_answer';
  return error instanceof GatewayRefusedError ? `refused_${error.code}` : 'failed';
}
