import { RefillError } from '../../errors.ts';
import { GatewayRefusedError, GatewayUnknownError } from '../gateway.ts';

/**
 * Runs what an operator waits for. Throws RefillError `processor-unanswered` where the processor gave no answer, or refused
 * the request for a reason that is not the bank's; `todo` says what to do then.
 */
export async function requireAnswer<T>(call: () => Promise<T>, todo: string): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof GatewayUnknownError || error instanceof GatewayRefusedError)) throw error;
    throw new RefillError(
      'processor-unanswered',
      `The card processor gave no usable answer (${error.message.replace(/\.$/, '')}). ${todo}`,
      {},
      { cause: error },
    );
  }
}
