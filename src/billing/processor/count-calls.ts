import { processorSeconds, secondsSince } from '../../instruments.ts';
import {
  GatewayDeclinedError,
  GatewayRefusedError,
  GatewayUnknownError,
  type PaymentGateway,
} from '../gateway.ts';

/** The processor, each call of it counted and timed by how it ended. */
export function countCalls(gateway: PaymentGateway): PaymentGateway {
  return new Proxy(gateway, {
    get(target, name, receiver) {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== 'function' || name === 'readWebhook') return call;
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

function isDecline(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'state' in answer && answer.state === 'failed';
}

function outcomeOf(error: unknown): string {
  if (error instanceof GatewayDeclinedError) return 'declined';
  if (error instanceof GatewayUnknownError) return 'no_answer';
  return error instanceof GatewayRefusedError ? `refused_${error.code}` : 'failed';
}
