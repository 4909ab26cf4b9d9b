/**
 * An answer may have been read before an event and still arrive after it. So events that come while something is being
 * read are kept, and applied once more to what was read.
 */
import type { StreamEvent } from '../../protocol.ts';

const recordings = new Set<StreamEvent[]>();

/** Tells all recordings under way about an event. */
export function record(event: StreamEvent): void {
  for (const events of recordings) events.push(event);
}

/** Begins a recording. @returns a function that ends it and gives what has come meanwhile */
export function startRecording(): () => readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  recordings.add(events);
  return () => {
    recordings.delete(events);
    return events;
  };
}
