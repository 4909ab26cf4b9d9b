/** Which conversations hold something new; kept by the browser, one record a workspace and person. */
import type { Message } from '../../protocol.ts';
import type { Place, State } from './state.ts';

/** How many messages of others arrived after what was read. */
export const countUnread = (messages: readonly Message[], readTo: string | undefined, meId: string): number =>
  messages.filter((each) => each.userId !== meId && Number(each.ts) > Number(readTo ?? 0)).length;

/** The state after the person has seen everything in the place that is shown. */
export function markRead(state: State, place: Place | null): State {
  if (place?.kind !== 'conversation') return state;
  const held = state.messages[place.id];
  const last = held?.status === 'ready' ? held.value.at(-1) : undefined;
  if (last === undefined || state.readTo[place.id] === last.ts) return state;
  return { ...state, readTo: { ...state.readTo, [place.id]: last.ts } };
}

const storageKey = (workspaceId: string, userId: string): string => `read:${workspaceId}:${userId}`;

/** What this browser remembers as read; nothing when storage is closed or spoilt. */
export function recallRead(workspaceId: string, userId: string): Record<string, string> {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(storageKey(workspaceId, userId)) ?? '{}');
    if (typeof held !== 'object' || held === null) return {};
    return Object.fromEntries(Object.entries(held).filter(([, ts]) => typeof ts === 'string'));
  } catch {
    return {};
  }
}

export function rememberRead(workspaceId: string, userId: string, readTo: Record<string, string>): void {
  try {
    localStorage.setItem(storageKey(workspaceId, userId), JSON.stringify(readTo));
  } catch {
    // A browser that keeps nothing only shows its unread marks again.
  }
}
