import type { Conversation, Message } from '../../protocol.ts';
import { openPlace } from '../state/navigate.ts';
import type { Loaded, Place } from '../state/state.ts';
import { useStore } from '../state/store.ts';
import { countUnread } from '../state/unread.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';
import { HashIcon } from './icons.tsx';
import { SidebarItem } from './sidebar-item.tsx';

const none: Loaded<Message[]> = { status: 'loading' };

interface SidebarProps {
  /** Called after a choice, so that a drawer can close. */
  onChosen(): void;
}

/** The left side: channels, and the app with its tabs; what is unread is bold. */
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
  const isShown = ({ id }: Conversation): boolean => place?.kind === 'conversation' && place.id === id;
  const item = (channel: Conversation) => (
    <SidebarItem
      key={channel.id}
      name={channel.name}
      icon={<HashIcon />}
      isApp={false}
      isCurrent={isShown(channel)}
      unread={unreadIn(channel.id)}
      onOpen={() => go({ kind: 'conversation', id: channel.id })}
    />
  );
  /** Opens the app where there is something new: its messages, else its Home. */
  const appItem = (direct: Conversation) => {
    const bot = users.find((user) => user.id !== me.id && direct.memberIds.includes(user.id));
    const unread = unreadIn(direct.id);
    const opensHome = app?.hasHome === true && unread === 0;
    return (
      <SidebarItem
        key={direct.id}
        name={direct.name}
        icon={bot === undefined ? <HashIcon /> : <Avatar user={bot} size="small" />}
        isApp
        isCurrent={place?.kind === 'home' || place?.kind === 'about' || isShown(direct)}
        unread={unread}
        onOpen={() => go(opensHome ? { kind: 'home' } : { kind: 'conversation', id: direct.id })}
      />
    );
  };
  const channels = conversations.filter((each) => each.kind === 'channel');
  const dms = conversations.filter((each) => each.kind === 'dm');
  return (
    <nav class="sidebar" aria-label="Workspace">
      <h2>Channels</h2>
      <ul class="sidebar-list">{channels.map(item)}</ul>
      <h2>Apps</h2>
      <ul class="sidebar-list">{dms.map(appItem)}</ul>
    </nav>
  );
}
