import type { Money } from '../../money.ts';
import { type Act, describeRefusal } from '../refusals.ts';

/** Not a failure: someone asked for what is not theirs to have, and is told what to do instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Whether asking in the channel for credits is the next step: said with a button for it. */
  readonly mayRequest: boolean;
  /** The amount that the person typed already, with which the request form begins. */
  readonly requestAmount: Money | null;

  constructor(
    text: string,
    { mayRequest = false, requestAmount = null }: { mayRequest?: boolean; requestAmount?: Money | null } = {},
  ) {
    super(text);
    this.mayRequest = mayRequest;
    this.requestAmount = requestAmount;
  }
}

/** What stands against an act as a Refusal; an error about something else as it is. */
export function toRefusal(act: Act, error: unknown): unknown {
  const sentence = describeRefusal(act, error);
  return sentence === null ? error : new Refusal(sentence);
}

/** Runs a service's work; what stands against it is thrown as a Refusal. */
export async function orRefuse<T>(act: Act, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toRefusal(act, error);
  }
}
