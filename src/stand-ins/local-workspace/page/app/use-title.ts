import { useEffect } from 'preact/hooks';
import { useStore } from '../state/store.ts';
import { countUnread } from '../state/unread.ts';

/** Keeps the window's title: a count of what is unread elsewhere, the place, the workspace. */
export function useTitle(): void {
  const title = useStore((state) => {
    if (state.session.status !== 'ready') return 'Workspace';
    const { workspace, conversations, me, app } = state.session.value;
    const { place } = state;
    const here =
      place?.kind === 'conversation' ? conversations.find((each) => each.id === place.id) : undefined;
    const unread = Object.entries(state.messages).reduce(
      (sum, [id, held]) =>
        sum +
        (held.status === 'ready' && id !== here?.id ? countUnread(held.value, state.readTo[id], me.id) : 0),
      0,
    );
    const name = here === undefined ? app.name : here.kind === 'channel' ? `#${here.name}` : here.name;
    return `${unread > 0 ? `(${unread}) ` : ''}${name} · ${workspace.name}`;
  });
  useEffect(() => {
    document.title = title;
  }, [title]);
}
