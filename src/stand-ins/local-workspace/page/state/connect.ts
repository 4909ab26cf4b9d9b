/** The stream of events: one connection, mended by itself, with everything read again after a gap. */
import type { StreamEvent } from '../../protocol.ts';
import { applyEvent } from './apply-event.ts';
import { record } from './recording.ts';
import { change, store } from './store.ts';
import { noteDeed } from './tour.ts';
import { markRead } from './unread.ts';

const RETRY_MS = 1_500;
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;

function receive(data: string): void {
  const event = JSON.parse(data) as StreamEvent;
  record(event);
  store.set((state) => {
    const next = applyEvent(state, event, performance.now());
    return document.visibilityState === 'visible' ? markRead(next, next.place) : next;
  });
  if (event.type === 'views') for (const { title } of event.stack) noteDeed({ kind: 'modal', title });
}

export function disconnect(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
}

/**
 * Opens the stream as a person.
 * @param afterGap called when the stream is open again after it was lost, to read what was missed
 * @returns resolves when the stream is open, so that nothing told from then on is missed, or when it could not be opened
 */
export function connect(as: string, afterGap: () => void): Promise<void> {
  disconnect();
  let tried: () => void = () => undefined;
  const attempt = new Promise<void>((resolve) => {
    tried = resolve;
  });
  const stream = new EventSource(`/workspace/stream?as=${encodeURIComponent(as)}`);
  source = stream;
  stream.onopen = () => {
    const wasLost = store.get().connection === 'lost';
    change({ connection: 'live' });
    if (wasLost) afterGap();
    tried();
  };
  stream.onmessage = (message: MessageEvent<string>) => receive(message.data);
  stream.onerror = () => {
    tried();
    if (source !== stream) return;
    change({ connection: 'lost' });
    if (stream.readyState === EventSource.CLOSED)
      retry = setTimeout(() => void connect(as, afterGap), RETRY_MS);
  };
  return attempt;
}
