import { z } from 'zod';

/** Why a company admin gets as a direct message what is for a channel. */
export const noChannel = z.object({
  kind: z.literal('no_channel'),
  companyName: z.string(),
  /** The channel that cannot be posted to; null where none is chosen. */
  channelId: z.string().nullable(),
});
