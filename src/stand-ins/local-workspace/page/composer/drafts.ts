/** What is being written, conversation by conversation, and what was sent before; it outlives a change of place. */
import { type Signal, signal } from '../state/signal.ts';
import { noRecall, type Recall } from './recall.ts';

const drafts = new Map<string, Signal<string>>();

export function draftOf(conversationId: string): Signal<string> {
  const held = drafts.get(conversationId) ?? signal('');
  drafts.set(conversationId, held);
  return held;
}

export const recalled: Signal<Recall> = signal(noRecall);
