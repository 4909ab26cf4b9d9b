/** Telling the open pages what has changed, after it was committed. */
import type { StreamEvent } from './protocol.ts';

export type Listener = (event: StreamEvent) => void;

export class Bus {
  readonly #listeners = new Map<Listener, string>();

  /** @returns a function that ends the listening */
  listen(userId: string, listener: Listener): () => void {
    this.#listeners.set(listener, userId);
    return () => this.#listeners.delete(listener);
  }

  /** Tells these people, or everybody. */
  tell(event: StreamEvent, to: readonly string[] | 'everybody'): void {
    for (const [listener, userId] of this.#listeners) {
      if (to === 'everybody' || to.includes(userId)) listener(event);
    }
  }
}
