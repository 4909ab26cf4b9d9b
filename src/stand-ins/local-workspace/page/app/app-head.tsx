import { type AppTab, placeOfTab } from '../state/app-tabs.ts';
import { openPlace } from '../state/navigate.ts';
import { useStore } from '../state/store.ts';
import { countUnread } from '../state/unread.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';

/** The title bar of the app, with its tabs as Slack has them. */
export function AppHead({ tab }: { tab: AppTab }) {
  const app = useStore((state) => (state.session.status === 'ready' ? state.session.value.app : undefined));
  const { user, conversations, me } = useDirectory();
  const direct = conversations.find(({ kind }) => kind === 'dm');
  const held = useStore((state) => (direct === undefined ? undefined : state.messages[direct.id]));
  const readTo = useStore((state) => (direct === undefined ? undefined : state.readTo[direct.id]));
  if (app === undefined) return null;
  const bot = user(app.botUserId);
  const tabs: readonly [AppTab, string][] = [
    ['home', 'Home'],
    ['messages', 'Messages'],
    ['about', 'About'],
  ];
  const unread = tab !== 'messages' && held?.status === 'ready' ? countUnread(held.value, readTo, me.id) : 0;
  return (
    <header class="place-head place-head-app">
      <h2>
        {bot !== undefined && <Avatar user={bot} size="small" />}
        <span>{app.name}</span>
        <span class="badge">APP</span>
      </h2>
      <nav class="tabs" aria-label={`${app.name}’s tabs`}>
        {tabs
          .filter(([id]) => id !== 'home' || app.hasHome)
          .map(([id, name]) => (
            <button
              key={id}
              type="button"
              class="tab"
              aria-current={id === tab ? 'page' : undefined}
              disabled={placeOfTab(id) === undefined}
              onClick={() => {
                const place = placeOfTab(id);
                if (place !== undefined) openPlace(place);
              }}
            >
              {name}
              {id === 'messages' && unread > 0 && (
                <span class="unread">
                  {unread}
                  <span class="visually-hidden"> unread</span>
                </span>
              )}
            </button>
          ))}
      </nav>
    </header>
  );
}
