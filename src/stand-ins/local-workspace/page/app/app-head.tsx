import { openPlace } from '../state/navigate.ts';
import type { Place } from '../state/state.ts';
import { useStore } from '../state/store.ts';
import { Avatar } from './avatar.tsx';
import { useDirectory } from './directory.ts';

type Tab = 'home' | 'messages' | 'about';

/** The title bar of the app, with its tabs as Slack has them. */
export function AppHead({ tab }: { tab: Tab }) {
  const app = useStore((state) => (state.session.status === 'ready' ? state.session.value.app : undefined));
  const { user, conversations } = useDirectory();
  if (app === undefined) return null;
  const bot = user(app.botUserId);
  const messages = conversations.find(({ kind }) => kind === 'dm');
  const tabs: readonly [Tab, string, Place | undefined][] = [
    ...(app.hasHome ? [['home', 'Home', { kind: 'home' }] as [Tab, string, Place]] : []),
    ['messages', 'Messages', messages === undefined ? undefined : { kind: 'conversation', id: messages.id }],
    ['about', 'About', { kind: 'about' }],
  ];
  return (
    <header class="place-head place-head-app">
      <h2>
        {bot !== undefined && <Avatar user={bot} size="small" />}
        <span>{app.name}</span>
        <span class="badge">APP</span>
      </h2>
      <nav class="tabs" aria-label={`${app.name}’s tabs`}>
        {tabs.map(([id, name, place]) => (
          <button
            key={id}
            type="button"
            class="tab"
            aria-current={id === tab ? 'page' : undefined}
            disabled={place === undefined}
            onClick={() => place !== undefined && openPlace(place)}
          >
            {name}
          </button>
        ))}
      </nav>
    </header>
  );
}
