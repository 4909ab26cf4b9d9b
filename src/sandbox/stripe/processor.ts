import type { Clock } from '../../clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { Books, BooksTx } from './books.ts';
import type { Call } from './endpoint.ts';
import type { StandingRefusal } from './refusals.ts';

/** Failures that strike once, on demand: asked too fast, or broken after execution began. */
export const ONE_OFF_FAULTS = ['api-error', 'rate-limit'] as const;
export type OneOffFault = (typeof ONE_OFF_FAULTS)[number];

/** How many of the next requests fail, and how. */
class FaultCounter {
  readonly #left = new Map<OneOffFault, number>();

  /** Lets the next `times` requests fail so. */
  arm(fault: OneOffFault, times: number): void {
    this.#left.set(fault, (this.#left.get(fault) ?? 0) + times);
  }

  /** True when this request is one of those. */
  take(fault: OneOffFault): boolean {
    const left = this.#left.get(fault) ?? 0;
    if (left > 0) this.#left.set(fault, left - 1);
    return left > 0;
  }
}

/** Everything a request needs of the running processor. */
export class Processor {
  readonly books: Books;
  readonly clock: Clock;
  readonly secretKey: string;
  readonly faults = new FaultCounter();
  behaviour: Behaviour = 'approve';
  /** Stands against requests whatever they are about; null: nothing does. */
  refusal: StandingRefusal | null = null;
  /** Known once the server listens. */
  publicUrl = '';

  constructor(options: { books: Books; clock: Clock; secretKey: string }) {
    this.books = options.books;
    this.clock = options.clock;
    this.secretKey = options.secretKey;
  }

  /** The surroundings of a handler outside the API: a hosted page, or the processor itself. */
  callIn(tx: BooksTx): Call<unknown> {
    return {
      tx,
      params: undefined,
      path: {},
      now: this.clock.now(),
      wallNow: new Date(),
      behaviour: this.behaviour,
      publicUrl: this.publicUrl,
      isLive: /^(sk|rk)_live_/.test(this.secretKey),
      request: { id: null, idempotencyKey: null },
    };
  }
}
