import type { Bootstrap } from '../../protocol.ts';
import { signal, useSignal } from './signal.ts';
import { initialState, type State } from './state.ts';

/** The one state of the page. */
export const store = signal<State>(initialState);

/** Follows a part of the state. */
export const useStore = <P>(pick: (state: State) => P): P => useSignal(store, pick);

export const change = (part: Partial<State>): void => store.set((state) => ({ ...state, ...part }));

/** Who and where we are, once that is known. */
export function session(): Bootstrap | undefined {
  const held = store.get().session;
  return held.status === 'ready' ? held.value : undefined;
}

/** The workspace's clock now: what the server told, plus the time since. */
export function worldNow(state: State = store.get()): Date {
  if (state.world === null) return new Date();
  return new Date(Date.parse(state.world.now) + (performance.now() - state.worldToldAtMs));
}
