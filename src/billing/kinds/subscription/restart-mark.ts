import { markOf } from '../../orders/review-mark.ts';

/** What a subscription's next period costs and gives: its own price and credit, or those of the bundle it changes to. */
export function nextTerms(subscription: {
  priceMicros: bigint;
  creditMicros: bigint;
  nextBundle: { priceMicros: bigint; creditMicros: bigint } | null;
}): { priceMicros: bigint; creditMicros: bigint } {
  const { priceMicros, creditMicros } = subscription.nextBundle ?? subscription;
  return { priceMicros, creditMicros };
}

/** The mark of what a restart is shown to begin: after which period the bundle is paused, and what the next one costs. */
export function markOfRestart(
  subscription: Parameters<typeof nextTerms>[0] & { token: string; state: string; periods: number },
): string {
  const { token, state, periods } = subscription;
  const { priceMicros, creditMicros } = nextTerms(subscription);
  return markOf([token, state, periods, priceMicros, creditMicros]);
}
