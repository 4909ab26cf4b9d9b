/** What was sent before, called back with the arrow keys as in a shell. Pure. */
export interface Recall {
  sent: readonly string[];
  /** Index into `sent`; its length means "not recalling". */
  at: number;
}

const KEPT = 50;

export const noRecall: Recall = { sent: [], at: 0 };

export function remember(recall: Recall, text: string): Recall {
  const sent = [...recall.sent.filter((each) => each !== text), text].slice(-KEPT);
  return { sent, at: sent.length };
}

/** @returns the earlier (-1) or later (+1) text, `''` past the latest, and undefined when there is nothing to call back */
export function step(recall: Recall, by: -1 | 1): { recall: Recall; text: string } | undefined {
  const at = recall.at + by;
  if (at < 0 || at > recall.sent.length) return undefined;
  return { recall: { ...recall, at }, text: recall.sent[at] ?? '' };
}
