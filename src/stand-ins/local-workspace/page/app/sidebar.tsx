import type { Conversation, Message } from '../../protocol.ts';
import { openPlace } from '../state/navigate.ts';
import type { Loaded, Place } from '../state/state.ts';
import { useStore } from '../state/store.ts';
import { countUnread } from '../state/unread.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';
import { HashIcon, HomeIcon } from './icons.tsx';
import { SidebarItem } from './sidebar-item.tsx';

const none: Loaded<Message[]> = { status: 'loading' };

interface SidebarProps {
  /** Called after a choice, so that a drawer can close. */
  onChosen(): void;
}

/** The left side: Home, channels, direct messages, with what is unread in bold. */
export function Sidebar({ onChosen }: SidebarProps) {
  const place = useStore((state) => state.place);
  const app = useStore((state) => (state.session.status === 'ready' ? state.session.value.app : undefined));
  const messages = useStore((state) => state.messages);
  const readTo = useStore((state) => state.readTo);
  const { conversations, users, me } = useDirectory();

  const go = (to: Place) => {
    openPlace(to);
    onChosen();
  };
  const unreadIn = (id: string): number => {
    const held = messages[id] ?? none;
    return held.status === 'ready' ? countUnread(held.value, readTo[id], me.id) : 0;
  };
  const item = (conversation: Conversation) => {
    const other = users.find((user) => user.id !== me.id && conversation.memberIds.includes(user.id));
    const isChannel = conversation.kind === 'channel';
    return (
      <SidebarItem
        key={conversation.id}
        name={conversation.name}
        icon={isChannel || !other ? <HashIcon /> : <Avatar user={other} size="small" />}
        isApp={!isChannel && other?.isBot === true}
        isCurrent={place?.kind === 'conversation' && place.id === conversation.id}
        unread={unreadIn(conversation.id)}
        onOpen={() => go({ kind: 'conversation', id: conversation.id })}
      />
    );
  };
  const channels = conversations.filter((each) => each.kind === 'channel');
  const dms = conversations.filter((each) => each.kind === 'dm');
  return (
    <nav class="sidebar" aria-label="Workspace">
      {app?.hasHome === true && (
        <ul class="sidebar-list">
          <SidebarItem
            name={`${app.name} home`}
            icon={<HomeIcon />}
            isApp={false}
            isCurrent={place?.kind === 'home'}
            unread={0}
            onOpen={() => go({ kind: 'home' })}
          />
        </ul>
      )}
      <h2>Channels</h2>
      <ul class="sidebar-list">{channels.map(item)}</ul>
      <h2>Direct messages</h2>
      <ul class="sidebar-list">{dms.map(item)}</ul>
    </nav>
  );
}
