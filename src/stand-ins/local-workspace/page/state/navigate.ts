/** Moving about: starting, becoming someone else, opening a place, reading again after a gap. */
import { SECOND_MS } from '../../../../durations.ts';
import type { StreamEvent } from '../../protocol.ts';
import { api, UnknownHere } from './api.ts';
import { applyEvent } from './apply-event.ts';
import { connect, disconnect } from './connect.ts';
import { choosePlace, readAddress, writeAddress } from './place.ts';
import { startRecording } from './recording.ts';
import { initialState, type Place, type State } from './state.ts';
import { change, session, store } from './store.ts';
import { recallTour } from './tour.ts';
import { markRead, recallRead } from './unread.ts';

/** How often somebody has been entered as; an answer to an earlier entry is of no use any more. */
let entries = 0;

async function bootstrap(as: string) {
  try {
    return await api.bootstrap(as);
  } catch (error) {
    // An address that names someone who is not here leads to the first person instead.
    if (error instanceof UnknownHere && error.status === 404 && as !== '') return await api.bootstrap('');
    throw error;
  }
}

/** Puts what was read into the state, if the same person still acts, and then what came while it was being read. */
function settle(me: string, stopRecording: () => readonly StreamEvent[], put: (state: State) => State): void {
  const missed = stopRecording();
  if (session()?.me.id !== me) return;
  store.set((state) => {
    const read = put(state);
    const caughtUp = missed.reduce((next, event) => applyEvent(next, event, performance.now()), read);
    return markRead(caughtUp, caughtUp.place);
  });
}

const putMessages =
  (id: string, loaded: State['messages'][string]) =>
  (state: State): State => ({ ...state, messages: { ...state.messages, [id]: loaded } });

/** Reads a conversation's messages; what is shown already stays until they are there. */
export async function loadMessages(conversationId: string): Promise<void> {
  const me = session()?.me.id;
  if (me === undefined) return;
  const isShown = () => store.get().messages[conversationId]?.status === 'ready';
  if (!isShown()) store.set(putMessages(conversationId, { status: 'loading' }));
  const stopRecording = startRecording();
  try {
    const value = (await api.messages(me, conversationId)).filter(
      ({ ephemeral, ts }) => !ephemeral || Number(ts) >= store.get().enteredAt,
    );
    settle(me, stopRecording, putMessages(conversationId, { status: 'ready', value }));
  } catch {
    const failed = putMessages(conversationId, { status: 'failed' });
    settle(me, stopRecording, (state) => (isShown() ? state : failed(state)));
  }
}

/** Reads the Home of the app, which the app may publish anew because of that. */
export async function loadHome(): Promise<void> {
  const me = session()?.me.id;
  if (me === undefined) return;
  const stopRecording = startRecording();
  try {
    const value = await api.home(me);
    settle(me, stopRecording, (state) => ({ ...state, home: { status: 'ready', value } }));
  } catch {
    settle(me, stopRecording, (state) =>
      state.home.status === 'ready' ? state : { ...state, home: { status: 'failed' } },
    );
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
  else if (place.kind === 'conversation' && store.get().messages[place.id]?.status !== 'ready')
    void loadMessages(place.id);
}

/** Starts, or starts again, as a person; an empty id means the first one. */
export async function enter(
  as: string,
  wanted: Place | null,
  remember: 'push' | 'replace' = 'replace',
): Promise<void> {
  disconnect();
  entries += 1;
  const entry = entries;
  const { world, worldToldAtMs } = store.get();
  store.set({ ...initialState, world, worldToldAtMs });
  try {
    const value = await bootstrap(as);
    // Someone else has been chosen meanwhile.
    if (entry !== entries) return;
    const readTo = recallRead(value.workspace.id, value.me.id);
    const place = choosePlace(wanted, value.conversations, value.app.hasHome);
    change({
      session: { status: 'ready', value },
      world: value.world,
      worldToldAtMs: performance.now(),
      enteredAt: Date.parse(value.world.now) / SECOND_MS,
      readTo,
    });
    store.set((state) => ({ ...state, place, tour: recallTour() }));
    await connect(value.me.id, () => void readAgain());
    if (entry !== entries) return;
    openPlace(place, remember);
    await Promise.all(
      value.conversations
        .filter((each) => place.kind !== 'conversation' || each.id !== place.id)
        .map((each) => loadMessages(each.id)),
    );
  } catch {
    if (entry === entries) change({ session: { status: 'failed' } });
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
