/** The tabs of the app, and the addresses by which Slack opens them. */
import type { Place } from './state.ts';
import { session } from './store.ts';

const TABS = ['home', 'messages', 'about'] as const;
export type AppTab = (typeof TABS)[number];

/** The place that a tab shows, for the acting person; undefined while there is none. */
export function placeOfTab(tab: AppTab): Place | undefined {
  if (tab !== 'messages') return { kind: tab };
  const messages = session()?.conversations.find(({ kind }) => kind === 'dm');
  return messages === undefined ? undefined : { kind: 'conversation', id: messages.id };
}

/** The tab that `slack://app?team=T…&id=A…&tab=messages` opens; undefined for every other address. */
export function tabOfAddress(address: string): AppTab | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, searchParams } = new URL(address);
  if (protocol !== 'slack:' || host !== 'app') return undefined;
  return TABS.find((tab) => tab === (searchParams.get('tab') ?? 'home'));
}
