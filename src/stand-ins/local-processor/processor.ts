import type { Clock } from '../../clock.ts';
import { type AccountSettings, ORDINARY_ACCOUNT } from './account.ts';
import type { Behaviour } from './behaviour.ts';
import type { Books, BooksTx } from './books.ts';
import type { Call } from './endpoint.ts';
import type { StandingRefusal } from './refusals.ts';

/**
 * Failures that strike once, on demand: asked too fast, or broken after execution began, with the effect undone or kept.
 * Either way the 500 is saved under the key and answered again, whatever exists by then
 * (docs.stripe.com/api/idempotent_requests: "regardless of whether it succeeds or fails", "including 500 errors").
 */
export const ONE_OFF_FAULTS = ['api-error', 'api-error-after-effect', 'rate-limit'] as const;
export type OneOffFault = (typeof ONE_OFF_FAULTS)[number];

/** How many of the next requests fail, and how. */
class FaultCounter {
  readonly #armed: { fault: OneOffFault; left: number; path: string | undefined }[] = [];

  /** Lets the next `times` requests fail so; only those to `path`, where one is named as the routing table writes it. */
  arm(fault: OneOffFault, times: number, path?: string): void {
    this.#armed.push({ fault, left: times, path });
  }

  /** True when this request is one of those. */
  take(fault: OneOffFault, path: string): boolean {
    const armed = this.#armed.find(
      (one) => one.fault === fault && one.left > 0 && (one.path === undefined || one.path === path),
    );
    if (armed === undefined) return false;
    armed.left -= 1;
    return true;
  }
}

/** Everything a request needs of the running processor. */
export class Processor {
  readonly books: Books;
  readonly clock: Clock;
  readonly secretKey: string;
  readonly faults = new FaultCounter();
  behaviour: Behaviour = 'approve';
  account: AccountSettings = { ...ORDINARY_ACCOUNT };
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
      account: this.account,
      publicUrl: this.publicUrl,
      isLive: /^(sk|rk)_live_/.test(this.secretKey),
      request: { id: null, idempotencyKey: null },
    };
  }
}
