/** Moving about: starting, becoming someone else, opening a place, reading again after a gap. */
import { api, UnknownHere } from './api.ts';
import { connect, disconnect } from './connect.ts';
import { choosePlace, readAddress, writeAddress } from './place.ts';
import { initialState, type Place } from './state.ts';
import { change, session, store } from './store.ts';
import { markRead, recallRead } from './unread.ts';

async function bootstrap(as: string) {
  try {
    return await api.bootstrap(as);
  } catch (error) {
    // An address that names someone who is not here leads to the first person instead.
    if (error instanceof UnknownHere && error.status === 404 && as !== '') return await api.bootstrap('');
    throw error;
  }
}

export async function loadMessages(conversationId: string): Promise<void> {
  const me = session()?.me.id;
  if (me === undefined) return;
  const put = (loaded: (typeof initialState)['messages'][string]) =>
    store.set((state) =>
      session()?.me.id === me
        ? markRead({ ...state, messages: { ...state.messages, [conversationId]: loaded } }, state.place)
        : state,
    );
  if (store.get().messages[conversationId]?.status !== 'ready') put({ status: 'loading' });
  try {
    put({ status: 'ready', value: await api.messages(me, conversationId) });
  } catch {
    if (store.get().messages[conversationId]?.status !== 'ready') put({ status: 'failed' });
  }
}

export async function loadHome(): Promise<void> {
  const me = session()?.me.id;
  if (me === undefined) return;
  try {
    const value = await api.home(me);
    if (session()?.me.id === me) change({ home: { status: 'ready', value } });
  } catch {
    if (store.get().home.status !== 'ready') change({ home: { status: 'failed' } });
  }
}

async function readAgain(): Promise<void> {
  const here = session();
  if (here === undefined) return;
  try {
    const fresh = await api.bootstrap(here.me.id);
    change({
      session: { status: 'ready', value: fresh },
      world: fresh.world,
      worldToldAtMs: performance.now(),
    });
  } catch {
    return;
  }
  const { place } = store.get();
  if (place?.kind === 'home') void loadHome();
  await Promise.all(here.conversations.map((each) => loadMessages(each.id)));
}

/** Opens a place; the browser's Back leads to the one before. */
export function openPlace(place: Place, remember: 'push' | 'replace' | 'not' = 'push'): void {
  const as = session()?.me.id ?? '';
  const address = writeAddress({ as, place });
  if (remember === 'push' && address !== `${location.pathname}${location.search}`)
    history.pushState(null, '', address);
  if (remember === 'replace') history.replaceState(null, '', address);
  store.set((state) => markRead({ ...state, place }, place));
  if (place.kind === 'home') void loadHome();
  else if (store.get().messages[place.id]?.status !== 'ready') void loadMessages(place.id);
}

/** Starts, or starts again, as a person; an empty id means the first one. */
export async function enter(
  as: string,
  wanted: Place | null,
  remember: 'push' | 'replace' = 'replace',
): Promise<void> {
  disconnect();
  const { world, worldToldAtMs } = store.get();
  store.set({ ...initialState, world, worldToldAtMs });
  try {
    const value = await bootstrap(as);
    const readTo = recallRead(value.workspace.id, value.me.id);
    const place = choosePlace(wanted, value.conversations, value.app.hasHome);
    change({
      session: { status: 'ready', value },
      world: value.world,
      worldToldAtMs: performance.now(),
      readTo,
    });
    connect(value.me.id, () => void readAgain());
    openPlace(place, remember);
    await Promise.all(
      value.conversations
        .filter((each) => place.kind !== 'conversation' || each.id !== place.id)
        .map((each) => loadMessages(each.id)),
    );
  } catch {
    change({ session: { status: 'failed' } });
  }
}

/** Starts, or tries again, as the address bar says. */
export function enterFromAddress(): void {
  const { as, place } = readAddress(new URL(location.href));
  void enter(as, place);
}

/** Starts from the address bar and follows it. */
export function start(): void {
  enterFromAddress();
  window.addEventListener('popstate', () => {
    const { as, place } = readAddress(new URL(location.href));
    if (as !== session()?.me.id) void enter(as, place);
    else if (place !== null) openPlace(place, 'not');
  });
}
