import { z } from 'zod';

/** A decimal amount of dollars, as JSON carries it. */
export const amount = z.string().regex(/^-?\d+(\.\d{1,6})?$/);
/** Which credits a notice is about, as its buttons carry it (`encodeScope`); empty in notices of earlier versions. */
export const scope = z.string().default('');
export const instant = z.iso.datetime();

/** What an order adds to an office's credits, or to the shared ones. */
export const orderLine = z.object({ scopeLabel: z.string(), amount });

/** A card as people know it. */
export const cardName = z.object({ brand: z.string(), last4: z.string() });

export const payBy = z.discriminatedUnion('method', [
  z.object({ method: z.literal('card'), brand: z.string(), last4: z.string() }),
  z.object({ method: z.literal('invoice') }),
]);

/** How a pause of auto-recharge ended that a notice is about; absent while it lasts. */
export const pauseEnd = z.enum(['resumed', 'off']).optional();

/**
 * How a pause ended, by how auto-recharge is set by now; undefined while it lasts. `isOf`: whether a pause for this is the one that
 * is meant; any is unless given.
 */
export function endOfPause(
  { isOn, pausedFor }: { isOn: boolean; pausedFor: string | null },
  isOf: (pausedFor: string) => boolean = () => true,
): z.infer<typeof pauseEnd> {
  if (!isOn) return 'off';
  return pausedFor === null || !isOf(pausedFor) ? 'resumed' : undefined;
}

/** The same of a pause that somebody asked for in a message of unusual spending. */
export const endOfSurprisePause = (setting: { isOn: boolean; pausedFor: string | null }) =>
  endOfPause(setting, (pausedFor) => pausedFor === 'surprise');

/** What ends a question or a request without an answer: its requester lost the right, or the company changed. */
export const closedFor = z.enum(['requester', 'sharing', 'move', 'closing']);
export type ClosedFor = z.infer<typeof closedFor>;

/** Whom the channel's message of a question mentions, and how many more may answer. */
export const answerers = {
  answererIds: z.array(z.string()).default([]),
  moreAnswerers: z.number().default(0),
};
