/** Which steps of the tour are done; kept by the browser, one record a workspace. */
import { type Deed, tourSteps } from '../simulator/tour-steps.ts';
import { session, store } from './store.ts';

const storageKey = (): string => `tour:${session()?.workspace.id ?? ''}`;

/** The steps that this browser remembers as done; none when storage is closed or spoilt. */
export function recallTour(): readonly string[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(storageKey()) ?? '[]');
    return Array.isArray(held) ? held.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

/** Ticks off the steps that this deed was. */
export function noteDeed(deed: Deed): void {
  const { tour } = store.get();
  const done = tourSteps.filter(({ id, isDone }) => !tour.includes(id) && isDone(deed)).map(({ id }) => id);
  if (done.length === 0) return;
  store.set((state) => ({ ...state, tour: [...state.tour, ...done] }));
  try {
    localStorage.setItem(storageKey(), JSON.stringify(store.get().tour));
  } catch {
    // A browser that keeps nothing begins the tour again.
  }
}
