/** Who and what is here: names for ids, the zone that times are shown in, and the way to a conversation. */
import type { Conversation, WorkspaceUser } from '../../protocol.ts';
import { openPlace } from '../state/navigate.ts';
import { useStore, worldNow } from '../state/store.ts';

export interface Directory {
  me: WorkspaceUser;
  users: readonly WorkspaceUser[];
  conversations: readonly Conversation[];
  user(id: string): WorkspaceUser | undefined;
  channel(id: string): Conversation | undefined;
  zone: string;
  now(): Date;
  open(conversationId: string): void;
}

const nobody: WorkspaceUser = { id: '', name: '', realName: '', title: '', isBot: false, hue: 0 };

export function useDirectory(): Directory {
  const here = useStore((state) => (state.session.status === 'ready' ? state.session.value : undefined));
  const zone = useStore((state) => state.world?.timeZone ?? 'UTC');
  const users = here?.users ?? [];
  const conversations = here?.conversations ?? [];
  return {
    me: here?.me ?? nobody,
    users,
    conversations,
    user: (id) => users.find((each) => each.id === id),
    channel: (id) => conversations.find((each) => each.id === id),
    zone,
    now: () => worldNow(),
    open: (id) => openPlace({ kind: 'conversation', id }),
  };
}
