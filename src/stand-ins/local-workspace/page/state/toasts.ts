import { SECOND_MS } from '../../../../durations.ts';
import type { ActResult } from '../../protocol.ts';
import type { Toast } from './state.ts';
import { store } from './store.ts';

const LINGER_MS = 8 * SECOND_MS;
let lastId = 0;

export const dismissToast = (id: number): void =>
  store.set((state) => ({ ...state, toasts: state.toasts.filter((each) => each.id !== id) }));

/** Shows a sentence for a while; the same sentence is not stacked twice. */
export function showToast(text: string, kind: Toast['kind'] = 'problem'): void {
  lastId += 1;
  const toast: Toast = { id: lastId, kind, text };
  store.set((state) => ({
    ...state,
    toasts: [...state.toasts.filter((each) => each.text !== text), toast].slice(-3),
  }));
  setTimeout(() => dismissToast(toast.id), LINGER_MS);
}

/** Shows what the server said when an act failed. @returns whether it was done */
export function showResult(result: ActResult): boolean {
  if (result.ok) return true;
  if ('toast' in result) showToast(result.toast);
  return false;
}
