import { z } from 'zod';

/** How a key's captures end a hold: they post the usage, or the usage comes another way and they free the hold only. */
export const captureMode = z.enum(['posts', 'frees']);
export type CaptureMode = z.output<typeof captureMode>;
